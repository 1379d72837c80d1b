"""Remarks: authors and answers, texts and terms, the trail, tasks, and visibility for each reader (N-S1, N-H1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from members.movement.transitions.organizations import liquidate_organization, merge_organizations
from members.people.models import Member
from registry import integrity
from registry.access import Actor
from registry.enums import Level, Role
from registry.errors import NotAllowed, RuleViolation
from registry.journal.models import Event
from registry.organizations.models import Organization
from registry.organizations.transitions.lifecycle import begin_liquidation
from registry.remarks import rules
from registry.remarks.jobs import raise_overdue
from registry.remarks.models import Remark, RemarkPerson, RemarkStep
from registry.remarks.queries import places_of
from registry.remarks.transitions import (
    accept_answer,
    answer_remark,
    make_remark,
    make_remarks,
    raise_remark,
    return_answer,
    withdraw_remark,
)
from registry.tasks import tasks_for
from tests.conftest import examples
from tests.members import places
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

pytestmark = pytest.mark.django_db


def day(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def place() -> places.Place:
    return places.voi()


def ask(place: places.Place, by: Actor | None = None, **values: Any) -> Remark:
    given = {"text": "Пришлите протокол.", "term": day(7), **values}
    kind, pk = given.pop("kind", "organization"), given.pop("pk", place.keeper.pk)
    return make_remark(kind, pk, **given, by=by or place.region_chair)


def texts(actor: Actor) -> list[str]:
    return [f"{task.text} {task.link}" for task in tasks_for(actor) if "/remarks/" in task.action_url]


def test_n_s1_a_remark_is_answered_returned_answered_again_and_accepted(place: places.Place) -> None:
    remark = ask(place)
    answer_remark(remark.pk, text="Отправлен.", by=place.chair)
    return_answer(remark.pk, text="Нет подписи.", term=day(3), by=place.region_chair)
    remark.refresh_from_db()
    assert (remark.state, remark.term) == ("open", day(3))
    answer_remark(remark.pk, text="С подписью.", by=place.chair)
    accept_answer(remark.pk, by=place.region_chair)
    remark.refresh_from_db()
    assert (remark.state, remark.made_by, remark.organization) == ("accepted", place.region, place.keeper)
    steps = RemarkStep.objects.filter(remark=remark).order_by("pk")
    assert list(steps.values_list("kind", "text", "term", "organization", "account")) == [
        ("made", "", day(7), place.region.pk, place.region_chair.account.pk),  # type: ignore[union-attr]
        ("answered", "Отправлен.", None, place.keeper.pk, place.chair.account.pk),  # type: ignore[union-attr]
        ("returned", "Нет подписи.", day(3), place.region.pk, place.region_chair.account.pk),  # type: ignore[union-attr]
        ("answered", "С подписью.", None, place.keeper.pk, place.chair.account.pk),  # type: ignore[union-attr]
        ("accepted", "", None, place.region.pk, place.region_chair.account.pk),  # type: ignore[union-attr]
    ]
    assert list(Event.objects.filter(action__startswith="remark.").order_by("pk").values_list("action", "facts")) == [
        ("remark.made", {"kind": "organization"}),
        ("remark.answered", {}),
        ("remark.returned", {}),
        ("remark.answered", {}),
        ("remark.accepted", {}),
    ]
    assert remark.history.count() == 5


@pytest.mark.parametrize(("days", "taken"), [(-1, False), (0, True), (366, True), (367, False)])
def test_n_s1_the_term_is_from_today_to_a_year_ahead(place: places.Place, days: int, taken: bool) -> None:
    if taken:
        assert ask(place, term=day(days)).term == day(days)
    else:
        with refused("N-S1", field="term"):
            ask(place, term=day(days))
    answered = answer_remark(ask(place, text="Иное.").pk, text="Да.", by=place.chair)
    if taken:
        assert return_answer(answered.pk, text="Нет.", term=day(days), by=place.region_chair).term == day(days)
    else:
        with refused("N-S1", field="term"):
            return_answer(answered.pk, text="Нет.", term=day(days), by=place.region_chair)


@pytest.mark.parametrize(
    ("text", "taken"), [("", False), (" \n ", False), ("я", True), ("я" * 2000, True), ("я" * 2001, False)]
)
def test_n_s1_every_text_has_a_word_and_at_most_2000_characters(place: places.Place, text: str, taken: bool) -> None:
    remark = ask(place)
    if taken:
        assert ask(place, text=text).text == text
        answer_remark(remark.pk, text=text, by=place.chair)
        return_answer(remark.pk, text=text, term=day(1), by=place.region_chair)
        return
    with refused("N-S1", field="text"):
        ask(place, text=text)
    with refused("N-S1", field="text"):
        answer_remark(remark.pk, text=text, by=place.chair)
    answer_remark(remark.pk, text="Да.", by=place.chair)
    with refused("N-S1", field="text"):
        return_answer(remark.pk, text=text, term=day(1), by=place.region_chair)


def test_n_s1_the_end_of_a_line_counts_once_as_in_the_browser(place: places.Place) -> None:
    lines = "\r\n".join(["я" * 999, "я" * 1000])
    assert len(lines) == 2001
    assert ask(place, text=lines).text == lines.replace("\r\n", "\n")


def test_v_c5_a_field_is_named_to_those_alone_who_may_read_it(place: places.Place) -> None:
    member = place.put()
    remark = ask(place, kind="card", pk=member.pk, field="disability_group")
    (many,) = make_remarks([member.pk], text="Проверьте.", term=day(7), field="disability_group", by=place.region_chair)
    page, card = reverse("remarks:detail", args=[remark.pk]), reverse("members:detail", args=[member.pk])
    label, section = "Группа инвалидности", f"{card}#section-{_section(place, 'disability_group')}"
    for reader, reads in ((place.chair, True), (place.reviewer, False)):
        found = places_of([remark, many], reader)
        assert [found[one.pk].field for one in (remark, many)] == [label if reads else ""] * 2
        assert found[remark.pk].url == (section if reads else card)
        for address in (page, reverse("remarks:detail", args=[many.pk]), reverse("remarks:list")):
            assert (label in signed_in(reader).get(address).content.decode()) is reads


def test_n_s1_a_form_sent_twice_makes_one_remark(place: places.Place) -> None:
    ask(place)
    with refused("N-S1", match="уже есть"):
        ask(place, term=day(9))
    ask(place, text="Другое.")
    ask(place, kind="passport")
    assert Remark.objects.count() == 3


def test_n_s1_a_field_is_one_of_the_record_that_the_author_reads(place: places.Place) -> None:
    member = place.put()
    with refused("N-S1", field="field"):
        ask(place, kind="card", pk=member.pk, field="password")
    with refused("N-S1", field="field"):
        ask(place, field="phone")
    reviewer = trees.officer(place.region, Role.REVIEWER, "Ревизорова")
    with refused("N-S1", field="field"):
        ask(place, reviewer, kind="card", pk=member.pk, field="disability_group")
    assert ask(place, kind="card", pk=member.pk, field="disability_group").field == "disability_group"
    assert ask(place, reviewer, kind="card", pk=member.pk, field="education").member == member
    assert ask(place, kind="passport", field="phone").field == "phone"


def test_n_s1_officers_of_the_keeper_ask_the_cell_about_a_card(place: places.Place) -> None:
    member = place.put(cell=place.cells[0].pk)
    own = place.put(surname="Своя", snils="", ticket_number="2", paper_number="")
    cell = trees.officer(place.cells[0], Role.CHAIR, "Ячейкина")
    remark = ask(place, place.chair, kind="card", pk=member.pk)
    assert (remark.organization, remark.made_by) == (place.cells[0], place.keeper)
    with refused("N-S1", match="отвечает на него другая"):
        answer_remark(remark.pk, text="Сам.", by=place.chair)
    answer_remark(remark.pk, text="Да.", by=cell)
    with refused("N-S1", match="Свои записи"):
        ask(place, place.chair, kind="card", pk=own.pk)
    assert ask(place, kind="card", pk=member.pk).organization == place.keeper


def test_n_s1_a_reviewer_of_the_organisation_itself_decides_about_its_answers(place: places.Place) -> None:
    remark = ask(place, place.reviewer)
    assert (remark.organization, remark.made_by) == (place.keeper, place.keeper)
    assert len(texts(place.chair)) == 1
    answer_remark(remark.pk, text="Да.", by=place.chair)
    assert (len(texts(place.chair)), len(texts(place.reviewer))) == (0, 1)
    with refused("N-S1", match="только организация"):
        accept_answer(remark.pk, by=place.chair)
    accept_answer(remark.pk, by=place.reviewer)


def test_n_h1_only_the_authors_side_decides_and_nobody_beside_sees_it(place: places.Place) -> None:
    head = trees.officer(place.head, Role.CHAIR, "Главная")
    beside = trees.officer(trees.below(place.region, Level.LOCAL, "Соседняя"), Role.CHAIR, "Соседова")
    registrar = trees.officer(place.keeper, Role.REGISTRAR, "Учётова")
    of_head = ask(place, head)
    answer_remark(of_head.pk, text="Да.", by=place.chair)
    for step in (accept_answer, withdraw_remark):
        with refused("N-S1", match="только организация"):
            step(of_head.pk, by=place.region_chair)
    with pytest.raises(Remark.DoesNotExist):
        accept_answer(of_head.pk, by=beside)
    with pytest.raises(NotAllowed):
        answer_remark(ask(place).pk, text="Да.", by=registrar)
    assert list(Remark.objects.visible_to(beside)) == []
    assert Remark.objects.visible_to(place.region_chair).count() == 2
    collector = trees.officer(place.keeper, Role.COLLECTOR, "Сборова")
    assert list(Remark.objects.visible_to(collector)) == []
    accept_answer(of_head.pk, by=head)


def test_n_s2_the_remark_is_a_task_of_the_chair_with_its_term_and_place(place: places.Place) -> None:
    member = place.put()
    remark = ask(place, kind="card", pk=member.pk, field="education")
    (task,) = [
        task for task in tasks_for(place.chair) if task.action_url == reverse("remarks:detail", args=[remark.pk])
    ]
    assert task.due == day(7)
    assert task.link_url == f"{reverse('members:detail', args=[member.pk])}#section-{_section(place, 'education')}"
    assert member.full_name in task.link and "(" in task.link
    assert texts(place.region_chair) == []
    answer_remark(remark.pk, text="Да.", by=place.chair)
    assert (len(texts(place.chair)), len(texts(place.region_chair))) == (0, 1)
    accept_answer(remark.pk, by=place.region_chair)
    assert texts(place.region_chair) == []


def _section(place: places.Place, field: str) -> str:
    return next(section.key for section in place.keeper.charter.sections if field in section.fields)


def test_n_s2_more_than_five_remarks_are_one_task_together(place: places.Place) -> None:
    for number in range(7):
        ask(place, text=f"Замечание {number}", term=day(number))
    found = [task for task in tasks_for(place.chair) if "/remarks/" in task.action_url]
    assert [task.due for task in found] == [*(day(number) for number in range(5)), None]
    assert found[-1].action_url == f"{reverse('remarks:list')}?side=received&state=open"


def test_n_s1_an_overdue_remark_is_shown_to_the_superior_once(place: places.Place) -> None:
    head = trees.officer(place.head, Role.CHAIR, "Главная")
    late, due, of_region = ask(place, head), ask(place, head, text="В срок."), ask(place, text="Своё.")
    Remark.objects.filter(pk__in=[late.pk, of_region.pk]).update(term=day(-1))
    Remark.objects.filter(pk=due.pk).update(term=day(0))
    raise_overdue(timezone.localdate(), "")
    raise_overdue(timezone.localdate(), "")
    assert list(Remark.objects.order_by("pk").values_list("raised_to", flat=True)) == [
        place.region.pk, None, place.region.pk,
    ]  # fmt: skip
    assert Event.objects.filter(action="remark.raised").count() == 2
    assert RemarkStep.objects.filter(kind="raised", organization=place.region, account=None).count() == 2
    (task,) = [task for task in tasks_for(place.region_chair) if "overdue=on" in task.action_url]
    assert task.due == day(-1)
    answered = answer_remark(late.pk, text="Да.", by=place.chair)
    assert (answered.raised_to, answered.state) == (None, "answered")


def test_n_s1_no_remark_is_shown_above_its_author(place: places.Place) -> None:
    own = ask(place, place.reviewer)
    Remark.objects.filter(pk=own.pk).update(term=day(-1))
    raise_overdue(timezone.localdate(), "")
    own.refresh_from_db()
    assert own.raised_to is None
    with refused("N-S1", match="нет вышестоящей"):
        raise_remark(own.pk, by=Actor.system("remarks"))


def test_n_c1_a_remark_on_a_blocked_card_is_in_nobodys_scope(place: places.Place) -> None:
    member = place.put()
    remark = ask(place, kind="card", pk=member.pk)
    Member.objects.filter(pk=member.pk).update(blocked_on=timezone.localdate())
    assert list(Remark.objects.visible_to(place.chair)) == []
    with pytest.raises(Remark.DoesNotExist):
        answer_remark(remark.pk, text="Да.", by=place.chair)


def test_n_s1_the_page_offers_each_step_to_those_who_may_take_it(place: places.Place) -> None:
    member = place.put()
    above, below = signed_in(place.region_chair), signed_in(place.chair)
    url = reverse("remarks:add", args=["card", member.pk])
    assert url in above.get(reverse("members:detail", args=[member.pk])).content.decode()
    assert url not in below.get(reverse("members:detail", args=[member.pk])).content.decode()
    page = above.post(url, {"field": "education", "text": "", "term": "01.01.2001"})
    assert page.status_code == 200 and Remark.objects.count() == 0
    term = day(5).strftime("%d.%m.%Y")
    above.post(url, {"field": "education", "text": "Уточните", "term": term})
    remark = Remark.objects.get()
    page_url = reverse("remarks:detail", args=[remark.pk])
    step = {name: reverse(f"remarks:{name}", args=[remark.pk]) for name in ("answer", "accept", "return", "withdraw")}

    def offered(client: Any) -> list[str]:
        content = client.get(page_url).content.decode()
        return [name for name, address in step.items() if f'action="{address}"' in content]

    assert (offered(above), offered(below)) == (["withdraw"], ["answer"])
    refused_page = below.post(step["answer"], {"text": "я" * 2001})
    assert refused_page.status_code == 200 and "я" * 2001 in refused_page.content.decode()
    below.post(step["answer"], {"text": "Исправлено"})
    assert (offered(above), offered(below)) == (["accept", "return", "withdraw"], [])
    above.post(step["accept"])
    assert (offered(above), offered(below)) == ([], [])
    for side, state, rows in (("all", "", 1), ("written", "accepted", 1), ("received", "", 0), ("all", "open", 0)):
        listed = above.get(reverse("remarks:list"), {"side": side, "state": state})
        assert len(listed.context["rows"]) == rows


STEPS = ("answer", "accept", "return", "withdraw")
AFTER = {
    ("open", "answer"): "answered",
    ("answered", "accept"): "accepted",
    ("answered", "return"): "open",
    ("open", "withdraw"): "withdrawn",
    ("answered", "withdraw"): "withdrawn",
}


class Life(TestCase):
    """Any sequence of steps by both sides follows the table of moves, and its trail agrees."""

    @settings(max_examples=examples(15), deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(STEPS), st.booleans()), max_size=7))
    def test_n_s1_a_remark_lives_as_its_table_of_moves_says(self, steps: list[tuple[str, bool]]) -> None:
        place = places.voi()
        pk, state = ask(place).pk, "open"
        for name, by_author in steps:
            by = place.region_chair if by_author else place.chair
            allowed = (name == "answer") != by_author and (state, name) in AFTER
            try:
                _step(pk, name, by)
            except (RuleViolation, NotAllowed):
                assert not allowed, (state, name, by_author)
            else:
                assert allowed, (state, name, by_author)
                state = AFTER[state, name]
            assert Remark.objects.get(pk=pk).state == state
        assert [line for _title, lines in integrity.run() for line in lines if "remark" in line] == []


def _step(pk: int, name: str, by: Actor) -> None:
    if name == "answer":
        answer_remark(pk, text="Да.", by=by)
    elif name == "accept":
        accept_answer(pk, by=by)
    elif name == "return":
        return_answer(pk, text="Нет.", term=day(2), by=by)
    else:
        withdraw_remark(pk, by=by)


def test_n_s1_an_organisation_that_has_ended_is_not_asked(place: places.Place) -> None:
    Organization.objects.filter(pk=place.cells[0].pk).update(status="ended", ended_on=timezone.localdate())
    with refused("N-S1", match="прекратила работу"):
        ask(place, pk=place.cells[0].pk)


def test_n_s1_each_organisation_gets_one_remark_with_its_own_people(place: places.Place) -> None:
    other = trees.below(place.region, Level.LOCAL, "Соседняя МО ВОИ")
    here = [place.put(surname=name, education="", snils="", ticket_number="", paper_number="") for name in ("Ав", "Бв")]
    there = trees.members(other, 3)
    full = place.put(surname="Вв", ticket_number="9")
    ids = [one.pk for one in (*here, *there)]
    made = make_remarks(ids, text="Нет образования.", term=day(7), field="education", by=place.region_chair)
    assert [(one.organization, one.kind, one.field, one.people.count()) for one in made] == [
        (place.keeper, "people", "education", 2), (other, "people", "education", 3),
    ]  # fmt: skip
    with refused("N-S1", match="уже есть"):
        make_remarks(ids, text="Нет образования.", term=day(7), field="education", by=place.region_chair)
    assert (Remark.objects.count(), RemarkPerson.objects.count()) == (2, 5)
    beside = trees.officer(other, Role.CHAIR, "Соседова")
    assert (len(texts(place.chair)), len(texts(beside))) == (1, 1)
    assert set(RemarkPerson.objects.visible_to(beside).values_list("member", flat=True)) == {one.pk for one in there}
    assert full.pk not in RemarkPerson.objects.values_list("member", flat=True)
    events = (
        Event.objects.filter(action__startswith="remark.").order_by("pk").values_list("action", "organization", "facts")
    )
    assert list(events) == [
        ("remark.made", place.keeper.pk, {"kind": "people", "people": 2}),
        ("remark.made", other.pk, {"kind": "people", "people": 3}),
        ("remark.made_for_many", place.region.pk, {"remarks": 2, "people": 5}),
    ]


def test_n_s1_other_cards_of_an_organisation_get_the_same_words_in_a_remark_of_their_own(place: places.Place) -> None:
    first, second = (place.put(surname=name, snils="", ticket_number="", paper_number="") for name in ("Ав", "Бв"))
    given: dict[str, Any] = {"text": "Проверьте.", "term": day(7), "by": place.region_chair}
    for ids in ([first.pk], [second.pk], [first.pk, second.pk]):
        (made,) = make_remarks(ids, **given)
        assert set(made.people.values_list("member", flat=True)) == set(ids)
        with refused("N-S1", match="уже есть"):
            make_remarks(ids[::-1], **given)


def test_n_s1_remarks_for_many_leave_out_the_own_organisation_and_have_a_limit(
    place: places.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_cell = place.put(cell=place.cells[0].pk)
    own = place.put(surname="Своя", snils="", ticket_number="2", paper_number="")
    given: dict[str, Any] = {"text": "Проверьте.", "term": day(7)}
    with refused("N-S1", match="нижестоящей"):
        make_remarks([own.pk], **given, by=place.chair)
    with refused("N-S1", match="нижестоящей"):
        make_remarks([], **given, by=place.region_chair)
    (made,) = make_remarks([in_cell.pk, own.pk], **given, by=place.chair)
    assert (made.organization, [one.member for one in made.people.all()]) == (place.cells[0], [in_cell])
    with refused("N-S1", field="field"):
        make_remarks([own.pk], **given, field="password", by=place.region_chair)
    monkeypatch.setattr(rules, "MAX_PEOPLE", 1)
    with refused("N-S1", match="Сузьте"):
        make_remarks([in_cell.pk, own.pk], **given, by=place.region_chair)
    assert len(make_remarks([own.pk], **given, by=place.region_chair)) == 1
    monkeypatch.setattr(rules, "MAX_AT_ONCE", 0)
    with refused("N-S1", match="Сузьте"):
        make_remarks([own.pk], text="Ещё.", term=day(7), by=place.region_chair)


def test_n_s1_the_list_asks_before_a_remark_for_many_and_the_page_counts_what_is_left(place: places.Place) -> None:
    first, second = (
        place.put(surname=name, education="", snils="", ticket_number="", paper_number="") for name in ("Ав", "Бв")
    )
    place.put(surname="Вв", ticket_number="9")
    above, below = signed_in(place.region_chair), signed_in(place.chair)
    url = f"{reverse('members:remark')}?empty=education"
    assert reverse("members:remark") in above.get(reverse("members:list"), {"empty": "education"}).content.decode()
    page = above.post(url, {"all": "1"})
    assert (page.context["cards"], page.context["organizations"], Remark.objects.count()) == (2, 1, 0)
    wrong = above.post(url, {"all": "1", "send": "1", "text": "Внесите", "term": "01.01.2001"})
    assert (wrong.status_code, Remark.objects.count(), "Внесите" in wrong.content.decode()) == (200, 0, True)
    above.post(url, {"all": "1", "send": "1", "text": "Внесите", "term": day(5).strftime("%d.%m.%Y")})
    remark = Remark.objects.get()
    assert (remark.field, remark.people.count()) == ("education", 2)
    detail = reverse("remarks:detail", args=[remark.pk])
    assert [below.get(detail).context[name] for name in ("lacking", "named")] == [2, 2]
    Member.objects.filter(pk=first.pk).update(education="vocational")
    seen = below.get(detail)
    assert [seen.context[name] for name in ("lacking", "named")] == [1, 2]
    assert [(one.member, bool(one.lacks)) for one in seen.context["page"].object_list] == [
        (first, False),
        (second, True),
    ]
    Member.objects.filter(pk=second.pk).update(blocked_on=timezone.localdate())
    assert [below.get(detail).context[name] for name in ("lacking", "named")] == [0, 1]


def test_n_h3_remarks_go_on_with_the_successor_and_its_own_are_withdrawn(place: places.Place) -> None:
    other = trees.below(place.region, Level.LOCAL, "Соседняя МО ВОИ")
    to_cell = ask(place, place.chair, pk=place.cells[0].pk)
    of_region, settled = ask(place), ask(place, text="Решено.")
    withdraw_remark(settled.pk, by=place.region_chair)
    merge_organizations(place.keeper.pk, other.pk, on=timezone.localdate(), by=place.region_chair)
    assert list(Remark.objects.order_by("pk").values_list("pk", "organization", "made_by", "state")) == [
        (to_cell.pk, place.cells[0].pk, other.pk, "open"),
        (of_region.pk, other.pk, place.region.pk, "open"),
        (settled.pk, place.keeper.pk, place.region.pk, "withdrawn"),
    ]
    begin_liquidation(place.cells[1].pk, by=place.region_chair)
    liquidate_organization(place.cells[1].pk, on=timezone.localdate(), by=place.region_chair)
    own = ask(place, trees.officer(other, Role.CHAIR, "Новая"), pk=place.cells[0].pk, text="Ячейке.")
    begin_liquidation(place.cells[0].pk, by=place.region_chair)
    liquidate_organization(place.cells[0].pk, on=timezone.localdate(), by=place.region_chair)
    assert list(Remark.objects.filter(pk__in=[to_cell.pk, own.pk]).values_list("state", flat=True)) == ["withdrawn"] * 2
    assert [line for _title, lines in integrity.run() for line in lines if "remark" in line] == []
