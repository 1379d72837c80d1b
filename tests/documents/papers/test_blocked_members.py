"""Papers about the past keep the lines of blocked members; lists of today do not (N-C1)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.consents.transitions.destroying import destroy_data
from documents.ecards import rules
from documents.ecards.models import CardOrder, CardRequest
from documents.papers import issue_sheet, meeting_papers
from documents.papers.card_order import ORDER
from documents.printing.core import papers
from documents.tickets.models import BlankPaper
from members.book.enums import EndReason
from members.book.models import BookLine
from members.book.views import prints as book_prints
from members.meetings.models import AgendaItem
from members.movement.enums import PaperCard
from members.movement.models import Transfer
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from members.reconciliation.models import ChangeProposal, Reconciliation
from members.reconciliation.transitions import reconciliation as reconciliations
from registry.access import Actor
from registry.enums import Role
from registry.jobs.models import Job
from tests.documents import samples
from tests.documents.consents.test_destroying import blocked
from tests.documents.ecards.cards_world import cards_world
from tests.documents.papers import blank_papers
from tests.documents.pdfs import texts_of
from tests.members import applicants, places, sessions
from tests.members.reconciliations import open_year
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


def block_all() -> None:
    assert Member.objects.update(blocked_on=TODAY)


def printed(by: Actor, address: str, **posted: str) -> str:
    """Return the text of the printed paper without the verification code, which differs in every print."""
    answer = places.signed_in(by).post(address, posted)
    assert answer["Content-Type"] == "application/pdf", answer.status_code
    return text_of(answer.content)


def text_of(pdf: bytes) -> str:
    return re.sub(r"Код проверки: (\d{4} ){3}\d{4}", "", " ".join(texts_of(pdf)))


@pytest.mark.parametrize("code", blank_papers.CODES)
def test_n_c1_papers_of_blanks_are_the_same_after_their_members_were_blocked(code: str) -> None:
    found = blank_papers.all_papers()
    given = blank_papers.arguments(code, found)
    before = papers()[code].build(*given)
    block_all()
    after = papers()[code].build(*blank_papers.arguments(code, found))
    assert after == before
    assert ("Абрамова" in str(after)) == (code in {"issue_sheet", "ticket_journal"})


def test_n_c1_a_draft_of_an_issue_sheet_omits_blocked_members() -> None:
    found = blank_papers.all_papers()
    draft = BlankPaper.objects.get(pk=found.draft.pk)
    (page,) = issue_sheet.build(draft, samples.batch_of(found.keeper))
    assert [row["name"].split()[0] for row in blank_papers.texts_of([page])] == ["Ясная"]
    block_all()
    (page,) = issue_sheet.build(draft, samples.batch_of(found.keeper))
    assert {row["name"] for row in blank_papers.texts_of([page])} == {""}


@pytest.mark.usefixtures("own_files")
def test_n_c1_a_submitted_order_of_cards_keeps_blocked_members() -> None:
    held = cards_world()
    draft, batch = held.order("Абрамова"), samples.batch_of(held.keeper)
    order = CardOrder.objects.select_related("organization__federation", "consolidator")
    filled = ORDER.build(order.get(), batch)
    block_all()
    assert "Абрамова" in str(filled)
    assert "Абрамова" not in str(ORDER.build(order.get(), batch))
    Member.objects.update(blocked_on=None)
    held.sent("Белова")
    sent = order.exclude(pk=draft.pk).last() or order.get()
    before = ORDER.build(sent, batch)
    block_all()
    assert ORDER.build(sent, batch) == before
    assert "Белова" in str(before)


@pytest.mark.usefixtures("own_files")
def test_n_c1_no_face_of_a_card_is_printed_for_blocked_members(monkeypatch: pytest.MonkeyPatch) -> None:
    held = cards_world()
    batch = held.sent("Абрамова", "Белова")
    monkeypatch.setattr(rules, "check_printed_here", lambda _batch: None)
    url = reverse("documents:print_card_faces", args=[batch.pk])
    Member.objects.filter(surname="Абрамова").update(blocked_on=TODAY)
    text = printed(held.region, url)
    names = {one.name_shown.split()[0]: one.name_shown.split()[0] in text for one in CardRequest.objects.all()}
    assert names == {"Абрамова": False, "Белова": True}
    block_all()
    assert places.signed_in(held.region).post(url).status_code == 404


def test_v_b7_the_registration_book_is_the_same_within_a_request_and_by_a_job(
    voi: places.Place, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    voi.put(surname="Щукина", cell=voi.cells[0].pk)
    unit, chair = voi.cells[0], trees.officer(voi.cells[0])
    url = reverse("cells:print_book", args=[unit.pk])
    before = printed(chair, url)
    assert "Щукина" in before
    block_all()
    assert printed(chair, url) == before
    monkeypatch.setattr(book_prints, "MAX_LINES_AT_ONCE", 0)
    assert places.signed_in(chair).post(url).status_code == 302
    run_jobs()
    job = Job.objects.get()
    assert job.result is not None
    answer = places.signed_in(chair).get(reverse("jobs:result", args=[job.pk]))
    assert text_of(answer.content) == before
    # The page itself is a screen, so it omits blocked members.
    assert "Щукина" not in places.signed_in(chair).get(reverse("cells:book", args=[unit.pk])).content.decode()


def test_v_b12_the_register_of_mail_is_the_same(voi: places.Place) -> None:
    member = voi.put(surname="Щукина")
    deregister(
        member.pk, reason=EndReason.DEPARTURE, on=TODAY, paper_card=PaperCard.MAILED, mail_number="14100080400001",
        destination="Калуга", by=voi.chair,
    )  # fmt: skip
    url, day = reverse("documents:organization_paper", args=["mail_register"]), f"{TODAY:%d.%m.%Y}"
    before = printed(voi.chair, url, first=day, last=day)
    assert "Щукина" in before
    block_all()
    assert printed(voi.chair, url, first=day, last=day) == before
    assert "Щукина" not in places.signed_in(voi.chair).get(reverse("moves:list")).content.decode()


@pytest.fixture
def cell_chair(voi: places.Place) -> Actor:
    return trees.officer(voi.cells[0])


@pytest.fixture
def checked(voi: places.Place, cell_chair: Actor) -> Reconciliation:
    """Return an unreported reconciliation of a cell, with one change."""
    member = voi.put(surname="Щукина", cell=voi.cells[0].pk, workplace="ООО «Завод»")
    open_year(TODAY.year, today=TODAY, by=Actor.system("year-end"))
    found = Reconciliation.objects.get(unit=voi.cells[0])
    changes: dict[int, Any] = {member.pk: {"workplace": "школа № 7"}}
    reconciliations.check(found.pk, changes, by=cell_chair)
    return found


def test_v_b8_a_submitted_report_of_a_reconciliation_stays_the_same(cell_chair: Actor, checked: Reconciliation) -> None:
    chair, url = cell_chair, reverse("cells:print_report", args=[checked.pk])
    assert "школа № 7" in printed(chair, url)
    block_all()
    assert "школа № 7" not in printed(chair, url)
    Member.objects.update(blocked_on=None)
    reconciliations.report(checked.pk, by=chair)
    before = printed(chair, url)
    assert "школа № 7" in before
    block_all()
    assert printed(chair, url) == before


def test_n_c1_an_accepted_report_keeps_its_line_without_the_value_that_was_destroyed(
    voi: places.Place, cell_chair: Actor, checked: Reconciliation
) -> None:
    chair, url = cell_chair, reverse("cells:print_report", args=[checked.pk])
    reconciliations.report(checked.pk, by=chair)
    ChangeProposal.objects.update(state="accepted", decided_at=timezone.now())
    assert "школа № 7" in printed(chair, url)
    destroy_data(blocked(voi, Member.objects.get(surname="Щукина")).pk, destroyed_on=TODAY, carriers={}, by=voi.chair)
    after = printed(chair, url)
    assert ("Щукина" in after, "школа № 7" in after, "Завод" in after) == (True, False, False)
    assert {(row.before, row.after) for row in ChangeProposal.history.all()} == {(None, None)}


def test_n_c1_the_registration_book_is_the_same_after_data_were_destroyed(voi: places.Place) -> None:
    member, url = voi.put(surname="Щукина", cell=voi.cells[0].pk), reverse("cells:print_book", args=[voi.cells[0].pk])
    chair = trees.officer(voi.cells[0])
    before = printed(chair, url)
    destroy_data(blocked(voi, member).pk, destroyed_on=TODAY, carriers={}, by=voi.chair)
    assert ("Щукина" in before, printed(chair, url)) == (True, before)


def test_v_a5_minutes_and_the_agenda_are_the_same() -> None:
    place = sessions.place()
    people = [applicants.apply(place, surname=name) for name in ("Акимова", "Щукина")]
    item = sessions.decided(sessions.admission(place, people), place.chair)
    assert item.meeting is not None
    before = [meeting_papers.build_minutes(item.meeting), meeting_papers.build_agenda(item.meeting)]
    assert "Щукина" in str(before[0])
    block_all()
    again = AgendaItem.objects.get(pk=item.pk).meeting
    assert again is not None
    assert [meeting_papers.build_minutes(again), meeting_papers.build_agenda(again)] == before


def test_v_b7_the_public_report_counts_the_same_decisions() -> None:
    union = places.union()
    sessions.decided(sessions.admission(union, [applicants.apply(union)]), union.chair)
    AgendaItem.objects.update(member=union.put(surname="Щукина", confirmed_duplicate=True))
    url = reverse("documents:organization_paper", args=["public_report"])
    before = printed(union.chair, url, year=str(TODAY.year))
    block_all()
    after = printed(union.chair, url, year=str(TODAY.year))
    assert ["Принято решений 1 4." in text for text in (before, after)] == [True, True]


def test_n_c1_blocked_lines_are_printed_only_within_the_subtree(voi: places.Place, checked: Reconciliation) -> None:
    """Control: actors without the scope or the right to see members get no lines."""
    neighbour = trees.officer(trees.below(voi.region, voi.keeper.level, "Соседняя МО ВОИ"))
    collector = trees.officer(voi.keeper, Role.COLLECTOR)
    block_all()
    assert [model.objects.visible_with_blocked(voi.chair).count() for model in (BookLine, ChangeProposal)] == [1, 1]
    for actor in (neighbour, collector):
        for model in (BookLine, ChangeProposal, Transfer, AgendaItem):
            assert not model.objects.visible_with_blocked(actor).exists()
