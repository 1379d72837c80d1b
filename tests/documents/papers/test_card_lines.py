"""The paper card is continued line by line, and is marked when it has to be printed again (V-B2)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from documents.papers import member_card
from documents.printing import jobs as document_jobs
from documents.printing.models import PrintRecord
from documents.printing.rules import CARD_FORM, paper_carries
from documents.printing.tasks import cards_to_print_again
from dues.ledger.enums import Fee
from dues.payments.transitions import record_payment, reverse_payment
from members.book.enums import EndReason
from members.book.models import BookLine
from members.meetings.enums import ItemKind
from members.meetings.transitions import decisions
from members.movement.enums import PaperCard
from members.movement.models import Transfer
from members.movement.transitions.leaving import deregister, take_back_leaving
from members.movement.transitions.transfers import arrive, call_off
from members.people.enums import MarkKind
from members.people.models import Member
from members.people.transitions.cards import edit_card, put_photo, remove_photo
from members.people.transitions.marks import add_mark, end_absence, take_back_mark
from registry.enums import Level
from registry.jobs.queue import start_job
from tests.documents import samples
from tests.documents.pdfs import not_laid_out, pages_of
from tests.members import places, sessions
from tests.members.meetings.test_meetings import about
from tests.members.movement.test_erasing import picture
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
SHORT = f"{TODAY:%d.%m.%Y}"


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


def url(member: Member) -> str:
    return reverse("documents:print_member", args=["member_card", member.pk])


def print_whole(place: places.Place, member: Member) -> bytes:
    return places.signed_in(place.chair).post(url(member)).content


def record_whole(place: places.Place, member: Member) -> None:
    """Print the whole card without its layout."""
    with not_laid_out():
        assert print_whole(place, member)


def print_new(place: places.Place, member: Member) -> Any:
    return places.signed_in(place.chair).post(url(member), {"new_lines": "1"})


def pay(place: places.Place, member: Member, key: str, *, year: int = TODAY.year, amount: str = "50.00") -> Any:
    return record_payment(
        member.pk, fee=Fee.ANNUAL, year=year, amount=Decimal(amount), made_on=TODAY, paper="ведомость 1", key=key,
        by=place.chair,
    ).entry  # fmt: skip


def mark(place: places.Place, member: Member, text: str) -> Any:
    return add_mark(member.pk, kind=MarkKind.OTHER, text=text, on=TODAY, by=place.chair)


def positions(pdf: bytes) -> list[set[tuple[int, int, str]]]:
    """Return the position of each text of each page, in points."""
    return [{(round(x), round(y), text.strip()) for x, y, text in page.boxes} for page in pages_of(pdf)]


def again(member: Member) -> bool:
    return Member.objects.values_list("reprint", flat=True).get(pk=member.pk)


def test_v_b2_only_the_new_lines_are_printed_each_where_the_whole_card_has_it(voi: places.Place) -> None:
    member = voi.put()
    pay(voi, member, "first", year=TODAY.year - 1)
    mark(voi, member, "выдан дубликат билета")
    before = positions(print_whole(voi, member))
    pay(voi, member, "second")
    mark(voi, member, "сменила фамилию")
    added = positions(print_new(voi, member).content)
    whole = positions(print_whole(voi, member))
    assert [page - whole[number] for number, page in enumerate(added)] == [set(), set()]
    assert [page & before[number] for number, page in enumerate(added)] == [set(), set()]
    assert sorted(text for page in added for _x, _y, text in page) == [
        SHORT, SHORT, "50,00\xa0руб.", "сменила фамилию",
    ]  # fmt: skip


def test_v_b2_a_lifted_measure_and_the_entrance_fee_are_added_to_existing_lines(voi: places.Place) -> None:
    member = voi.put()
    absence = add_mark(
        member.pk, kind=MarkKind.TRIP, text="командировка", on=TODAY, until=TODAY + dt.timedelta(days=8), by=voi.chair
    )
    record_whole(voi, member)
    end_absence(absence.pk, on=TODAY, by=voi.chair)
    record_payment(
        member.pk, fee=Fee.ENTRANCE, year=None, amount=Decimal("50.00"), made_on=TODAY, paper="ПКО 1", key="e",
        by=voi.chair
    )  # fmt: skip
    text = samples.text_of(print_new(voi, member).content)
    assert ("командировка" in text, SHORT in text, date_format(TODAY, "E") in text) == (False, True, True)
    assert print_new(voi, member).status_code == 404


def test_v_b2_the_record_stores_which_lines_were_printed_and_no_personal_data(voi: places.Place) -> None:
    member = voi.put()
    mark(voi, member, "тайная отметка")
    record_whole(voi, member)
    lines = PrintRecord.objects.get().lines
    assert {name: len(lines[name]) for name in ("registrations", "marks", "fees")} == {
        "registrations": 1, "marks": 1, "fees": 0,
    }  # fmt: skip
    assert lines["room"] == {"registrations": 7, "marks": 7, "fees": 15}
    assert not any(word in str(lines) for word in ("тайная", "Константинопольская", str(TODAY.year)))


def test_v_b2_a_card_changed_after_printing_asks_to_be_printed_and_printing_clears_that(voi: places.Place) -> None:
    member = voi.put()
    mark(voi, member, "до печати")
    assert again(member) is False
    record_whole(voi, member)
    edit_card(member.pk, values={"email": "a@example.ru", "hobby": "лес"}, version=None, by=voi.chair)
    assert again(member) is False
    edit_card(member.pk, values={"surname": "Яблокова"}, version=None, by=voi.chair)
    assert again(member) is True
    client = places.signed_in(voi.chair)
    assert "print the card again" in _english(client, reverse("members:detail", args=[member.pk]))
    assert list(client.get(reverse("members:list"), {"reprint": "yes"}).context["page"]) == [member.pk]
    assert [task.action_url for task in cards_to_print_again(voi.chair, TODAY)] == [
        reverse("members:list") + "?reprint=yes"
    ]
    record_whole(voi, member)
    assert again(member) is False
    assert list(cards_to_print_again(voi.chair, TODAY)) == []


def test_v_b2_a_new_photograph_asks_for_printing_if_the_card_shows_it(voi: places.Place) -> None:
    for place, asked in ((voi, False), (places.union(), True)):
        printed, blank = place.put(), place.put(surname="Лосева", snils="", ticket_number="77")
        record_whole(place, printed)
        for member in (printed, blank):
            put_photo(member.pk, jpeg=picture(), by=place.chair)
        assert [again(member) for member in (printed, blank)] == [asked, False]
        record_whole(place, printed)
        remove_photo(printed.pk, by=place.chair)
        assert again(printed) is asked
        record_whole(place, printed)
        remove_photo(printed.pk, by=place.chair)
        assert again(printed) is False


def test_v_b2_a_sealed_card_that_is_opened_again_asks_for_its_printing(voi: places.Place) -> None:
    member, never = voi.put(), voi.put(surname="Лосева", snils="", ticket_number="77")
    record_whole(voi, member)
    for gone in (member, never):
        deregister(
            gone.pk, reason=EndReason.DEATH, on=TODAY, paper="свидетельство", paper_card=PaperCard.TAKEN, by=voi.chair
        )
        take_back_leaving(BookLine.objects.get(member=gone).pk, by=voi.chair)
    assert [again(card) for card in (member, never)] == [True, False]
    record_whole(voi, member)
    departure = {"reason": EndReason.DEPARTURE, "on": TODAY, "paper_card": PaperCard.HANDED}
    deregister(member.pk, by=voi.chair, **departure)  # type: ignore[arg-type]
    call_off(Transfer.objects.get().pk, by=voi.chair)
    assert again(member) is True


def test_v_b2_the_card_of_a_restored_member_is_to_be_printed_again(voi: places.Place) -> None:
    item = about(voi, ItemKind.EXCLUSION, exclusion_reason="violation")
    member = Member.objects.get()
    record_whole(voi, member)
    sessions.decided(item, voi.chair, resolution="Исключить.")
    assert again(member) is False
    decisions.reverse_decision(item.pk, by=voi.chair)
    assert again(member) is True


def _english(client: Any, address: str) -> str:
    return (
        client.get(address, headers={"accept-language": "en"})
        .content.decode()
        .replace("перепечатать карточку", "print the card again")
    )


def test_v_b2_every_cause_that_changes_a_printed_card_sets_the_mark(voi: places.Place) -> None:
    member = voi.put()
    kept: dict[str, Any] = {}

    def reverse_it() -> None:
        reverse_payment(kept["entry"].pk, reason="ошибка", by=voi.chair)

    def pays() -> None:
        kept["entry"] = pay(voi, member, "x")

    def marks() -> None:
        kept["mark"] = mark(voi, member, "дубликат")

    causes = [
        pays, reverse_it, marks, lambda: take_back_mark(kept["mark"].pk, by=voi.chair),
        lambda: edit_card(member.pk, values={"disability_group": "I"}, version=None, by=voi.chair),
    ]  # fmt: skip
    for cause in causes:
        record_whole(voi, member)
        assert again(member) is False
        cause()
        assert again(member) is True


def test_v_b2_new_lines_keep_the_mark_if_something_printed_is_outdated(voi: places.Place) -> None:
    member = voi.put()
    entry = pay(voi, member, "x")
    record_whole(voi, member)
    reverse_payment(entry.pk, reason="ошибка", by=voi.chair)
    pay(voi, member, "y", amount="40.00")
    page = places.signed_in(voi.chair).get(url(member))
    assert (page.context["new"].count, page.context["new"].outdated, page.context["new"].no_room) == (1, True, False)
    added = positions(print_new(voi, member).content)
    first = next(y for _x, y, text in positions(print_whole(voi, member))[1] if text == "40,00\xa0руб.")
    second = next(y for _x, y, text in added[1] if text == "40,00\xa0руб.")
    # The reversed payment keeps its row on the paper, so the new one is a row lower than on a new card.
    assert second < first


@pytest.mark.usefixtures("not_laid_out")
def test_v_b2_the_mark_stays_after_new_lines_while_section_1_is_wrong(voi: places.Place) -> None:
    member = voi.put()
    record_whole(voi, member)
    edit_card(member.pk, values={"surname": "Яблокова"}, version=None, by=voi.chair)
    pay(voi, member, "x")
    assert print_new(voi, member).status_code == 200
    assert again(member) is True


@pytest.mark.usefixtures("not_laid_out")
def test_v_b2_a_full_table_asks_for_a_new_card(voi: places.Place) -> None:
    member = voi.put()
    for number in range(6):
        mark(voi, member, f"отметка {number}")
    record_whole(voi, member)
    mark(voi, member, "седьмая")
    assert print_new(voi, member).status_code == 200
    mark(voi, member, "восьмая")
    assert places.signed_in(voi.chair).get(url(member)).context["new"].no_room is True
    assert print_new(voi, member).status_code == 404


@pytest.mark.usefixtures("not_laid_out")
def test_v_b2_a_card_changed_during_a_bulk_print_still_asks_to_be_printed(
    voi: places.Place, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = voi.put(), voi.put(surname="Ершова", snils="", ticket_number="0009999")
    Member.objects.update(reprint=True)
    join = document_jobs.pack

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        mark(voi, second, "сменила фамилию")
        return join(*args, **kwargs)

    monkeypatch.setattr(document_jobs, "pack", meanwhile)
    start_job("documents.print", {"form": "member_card", "ids": [first.pk, second.pk]}, by=voi.chair)
    run_jobs()
    assert (again(first), again(second)) == (False, True)
    said = dict(PrintRecord.objects.values_list("member", "lines"))
    assert (said[first.pk]["marks"], said[second.pk]["marks"]) == ([], [])


def test_v_b9_the_paper_that_came_from_another_organisation_is_continued(voi: places.Place) -> None:
    member = voi.put()
    record_whole(voi, member)
    left = deregister(
        member.pk,
        reason=EndReason.DEPARTURE,
        on=TODAY,
        destination="Боровск",
        paper_card=PaperCard.HANDED,
        by=voi.chair,
    )
    there = trees.below(trees.below(voi.head, Level.REGIONAL, "Калужская РО ВОИ"), Level.LOCAL, "Боровская МО ВОИ")
    chair = trees.officer(trees.again(there), surname="Сомов")
    arrive(organization=trees.again(there), ticket_number=member.ticket_number, code=left.code, on=TODAY, by=chair)
    text = samples.text_of(places.signed_in(chair).post(url(member), {"new_lines": "1"}).content)
    assert text == f"{SHORT} Боровская МО ВОИ {SHORT}"
    assert again(member) is False


def test_v_b2_the_page_lists_new_lines_and_neighbours_get_404(voi: places.Place) -> None:
    member = voi.put()
    chair = places.signed_in(voi.chair)
    assert chair.get(url(member)).context["new"] is None
    record_whole(voi, member)
    assert chair.get(url(member)).context["new"].count == 0
    pay(voi, member, "x")
    page = chair.get(url(member))
    assert (page.context["new"].count, 'name="new_lines"' in page.content.decode()) == (1, True)
    neighbour = trees.officer(trees.below(voi.region, voi.keeper.level, "Соседняя МО ВОИ"))
    assert places.signed_in(neighbour).post(url(member), {"new_lines": "1"}).status_code == 404
    assert places.signed_in(voi.reviewer).post(url(member), {"new_lines": "1"}).status_code == 403


def test_v_b2_without_a_recorded_print_there_are_no_lines_to_add() -> None:
    union = places.union()
    member = union.put()
    record_whole(union, member)
    assert paper_carries(CARD_FORM, member) == {}
    assert print_new(union, member).status_code == 404
    batch = samples.batch_of(union.keeper)
    assert member_card.additions_for(member, batch, {"room": {}}) is None
