"""Cards of breaches: deadlines, steps, people, papers, closing the card (V-C5, 152-ФЗ art. 21 p. 3.1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from members.people.models import Member
from registry.access import Actor
from registry.breaches import queries, rules, transitions
from registry.breaches.enums import BreachData, BreachState
from registry.breaches.models import Breach, BreachPerson
from registry.enums import Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from registry.organizations.transitions.zones import set_time_zone
from registry.tasks import tasks_for
from registry.transitions import change
from tests.clock import at
from tests.documents.papers.breaches import breach_of, facts
from tests.documents.pdfs import text_of
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def place() -> places.Place:
    return places.voi()


@pytest.mark.parametrize(
    ("after", "said", "tone"),
    [
        (dt.timedelta(0), "осталось: 24 часа", "warn"),
        (dt.timedelta(hours=23, minutes=59), "осталось: 1 минута", "warn"),
        (dt.timedelta(hours=24), "осталось: 0 минут", "warn"),
        (dt.timedelta(hours=24, minutes=1), "просрочено: 1 минута", "bad"),
        (dt.timedelta(hours=26, minutes=5), "просрочено: 2 часа 5 минут", "bad"),
    ],
)
def test_the_clock_of_the_first_notice_at_its_edges(
    place: places.Place, after: dt.timedelta, said: str, tone: str, settings: Any
) -> None:
    from django.utils.translation import override  # noqa: PLC0415

    breach = breach_of(place)
    with override("ru"):
        first, second = queries.clocks(breach, breach.noticed_at + after)
    assert (first.text, first.tone) == (said, tone)
    assert second.due - first.due == 48 * HOUR


@pytest.mark.parametrize(("hours", "late"), [(24, False), (25, True)])
def test_a_notice_is_late_after_24_hours_and_the_journal_says_so(place: places.Place, hours: int, late: bool) -> None:
    breach = breach_of(place, noticed_at=timezone.now() - 30 * HOUR)
    sent = transitions.send_first(breach.pk, sent_at=breach.noticed_at + hours * HOUR, number=" 12 ", by=place.chair)
    assert (sent.state, sent.first_number) == ("told", "12")
    assert Event.objects.get(action="breach.first_sent").facts["late"] is late


@pytest.mark.parametrize(("hours", "late"), [(72, False), (73, True)])
def test_the_second_notice_is_late_after_72_hours(place: places.Place, hours: int, late: bool) -> None:
    breach = breach_of(place, noticed_at=timezone.now() - 80 * HOUR)
    transitions.send_first(breach.pk, sent_at=breach.noticed_at, by=place.chair)
    transitions.send_second(breach.pk, sent_at=breach.noticed_at + hours * HOUR, by=place.chair)
    assert Event.objects.get(action="breach.second_sent").facts["late"] is late


@pytest.mark.parametrize(("minutes", "fits"), [(-1, True), (0, True), (1, False)])
def test_a_breach_is_noticed_when_it_happens_or_later(minutes: int, fits: bool) -> None:
    values = facts()
    values["happened_at"] = values["noticed_at"] + dt.timedelta(minutes=minutes)
    if fits:
        assert rules.check_facts(values, timezone.now())["happened_at"] == values["happened_at"]
    else:
        with refused("V-C5", match="после того, как"):
            rules.check_facts(values, timezone.now())


def test_the_steps_of_a_card_come_one_after_the_other(place: places.Place) -> None:
    breach = breach_of(place)
    with refused("V-C5"):
        rules.check_second(breach)
    told = transitions.send_first(breach.pk, sent_at=timezone.now(), by=place.chair)
    with refused("V-C5"):
        rules.check_first(told)
    rules.check_second(told)


def test_each_notice_needs_what_the_law_wants_in_it(place: places.Place) -> None:
    breach = breach_of(place, causes="", results="")
    with refused("V-C5", match="предполагаемые причины"):
        transitions.send_first(breach.pk, sent_at=timezone.now(), by=place.chair)
    transitions.change_breach(breach.pk, values=facts(noticed_at=breach.noticed_at, results=""), by=place.chair)
    transitions.send_first(breach.pk, sent_at=timezone.now(), by=place.chair)
    with refused("V-C5", match="результаты расследования"):
        transitions.send_second(breach.pk, sent_at=timezone.now(), by=place.chair)
    with refused("V-C5"):
        transitions.close_breach(breach.pk, by=place.chair)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"what": " "}, "what"),
        ({"responsible": ""}, "responsible"),
        ({"data": []}, "classes"),
        ({"data": ["names", "souls"]}, "classes"),
        ({"people": 0}, "people"),
        ({"noticed_by": "dream"}, "noticed_by"),
        ({"noticed_at": None}, "noticed_on"),
        ({"causes": "я" * 4001}, "causes"),
    ],
)
def test_a_card_without_its_facts_is_refused(place: places.Place, changed: dict[str, Any], field: str) -> None:
    with refused("V-C5", field=field):
        breach_of(place, **changed)
    assert Breach.objects.count() == 0


def test_moments_come_in_their_order(place: places.Place) -> None:
    now = timezone.now()
    with refused("V-C5", field="noticed_on"):
        breach_of(place, noticed_at=now + HOUR)
    with refused("V-C5", field="happened_on"):
        breach_of(place, happened_at=now)
    breach = breach_of(place)
    for sent in (breach.noticed_at - HOUR, now + HOUR, None):
        with refused("V-C5", field="sent_on"):
            transitions.send_first(breach.pk, sent_at=sent, by=place.chair)
    transitions.send_first(breach.pk, sent_at=now, by=place.chair)
    with refused("V-C5", field="noticed_on"):
        transitions.change_breach(breach.pk, values=facts(noticed_at=now - HOUR), by=place.chair)


@pytest.mark.both
def test_people_are_put_on_the_card_told_and_leave_it_with_their_cards(place: places.Place) -> None:
    member, other = place.put(), place.put(surname="Сомова", snils="", ticket_number="77", phone_mobile="")
    breach = breach_of(place)
    assert transitions.name_people(breach.pk, [member.pk, other.pk], by=place.chair) == 2
    assert transitions.name_people(breach.pk, [member.pk], by=place.chair) == 0
    with refused("V-C5"):
        transitions.name_people(breach.pk, [], by=place.chair)
    transitions.unname_person(breach.pk, other.pk, by=place.chair)
    day = timezone.localdate()
    with refused("V-C5", field="told_on"):
        transitions.record_told(breach.pk, told_on=day + dt.timedelta(days=1), by=place.chair)
    assert transitions.record_told(breach.pk, told_on=day, by=place.chair) == 1
    assert list(BreachPerson.objects.values_list("member", "told_on")) == [(member.pk, day)]
    Member.objects.filter(pk=member.pk).delete()
    assert BreachPerson.objects.count() == 0


def test_people_who_are_on_the_card_already_do_not_count_twice(
    place: places.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.breaches.rules.MAX_PEOPLE", 3)
    one, two, three, four = (
        place.put(surname=f"Сомова{letter}", snils="", ticket_number=f"8{at}", phone_mobile="").pk
        for at, letter in enumerate("абвг")
    )
    breach = breach_of(place)
    assert transitions.name_people(breach.pk, [one, two], by=place.chair) == 2
    assert transitions.name_people(breach.pk, [one, two], by=place.chair) == 0
    assert transitions.name_people(breach.pk, [one, two, three], by=place.chair) == 1
    with refused("V-C5", match="не больше 3|3"):
        transitions.name_people(breach.pk, [three, four], by=place.chair)
    assert transitions.name_people(breach.pk, [one, three], by=place.chair) == 0
    assert BreachPerson.objects.filter(breach=breach).count() == 3


@pytest.mark.both
def test_a_settled_card_does_not_change_and_is_destroyed_after_three_years(place: places.Place) -> None:
    with at("2024-03-05T10:00Z"):
        breach = breach_of(place)
        transitions.send_first(breach.pk, sent_at=timezone.now(), by=place.chair)
        transitions.send_second(breach.pk, sent_at=timezone.now(), by=place.chair)
        closed = transitions.close_breach(breach.pk, by=place.chair)
        with refused("V-C5"):
            transitions.change_breach(breach.pk, values=facts(), by=place.chair)
    assert closed.keep_until == dt.date(2024 + 3, 3, 5)
    with at("2027-03-05T10:00Z"):
        assert transitions.forget_breaches() == 0
    with at("2027-03-06T10:00Z"):
        assert transitions.forget_breaches() == 1
    assert (Breach.objects.count(), Breach.history.count()) == (0, 0)


def test_only_the_chair_and_the_deputy_of_the_organisation_see_its_cards(place: places.Place) -> None:
    breach = breach_of(place)
    deputy = trees.officer(place.keeper, Role.DEPUTY, "Замова")
    seen = {
        "chair": place.chair, "deputy": deputy, "reviewer": place.reviewer, "region": place.region_chair,
        "administrator": trees.officer(place.head, Role.ADMINISTRATOR, "Наладова"),
    }  # fmt: skip
    assert {name: Breach.objects.visible_to(actor).exists() for name, actor in seen.items()} == {
        "chair": True, "deputy": True, "reviewer": False, "region": False, "administrator": False,
    }  # fmt: skip
    with pytest.raises((NotAllowed, Breach.DoesNotExist)):
        transitions.dismiss_breach(breach.pk, by=place.region_chair)


@pytest.mark.both
def test_an_open_card_is_a_task_until_it_is_settled(place: places.Place) -> None:
    breach = breach_of(place)
    page = reverse("breaches:detail", args=[breach.pk])

    def waits() -> bool:
        chair: Actor = place.chair
        return page in {task.action_url for task in tasks_for(chair)}

    assert waits()
    transitions.dismiss_breach(breach.pk, by=place.chair)
    assert not waits()


@pytest.mark.both
def test_the_pages_take_a_card_from_its_opening_to_its_end(place: places.Place) -> None:
    member, client = place.put(), places.signed_in(place.chair)
    noticed = timezone.localtime(timezone.now() - 2 * HOUR, place.keeper.tz)
    form = {
        "what": "Список потерян", "noticed_on": noticed.strftime("%d.%m.%Y"), "noticed_time": noticed.strftime("%H:%M"),
        "noticed_by": "staff", "classes": ["names", "health"], "people": "3", "causes": "Нет", "harm": "Нет",
        "measures": "Нет", "responsible": "Громов", "results": "Нет",
    }  # fmt: skip
    opened = client.post(reverse("breaches:add"), form)
    breach = Breach.objects.get()
    assert (opened.url, breach.data, breach.noticed_at) == (
        reverse("breaches:detail", args=[breach.pk]), ["names", "health"], noticed.replace(second=0, microsecond=0),
    )  # fmt: skip
    client.post(reverse("breaches:people", args=[breach.pk]), {"selected": [member.pk]})
    page = client.get(opened.url)
    assert [one.member for one in page.context["page"]] == [member]
    now = timezone.localtime(timezone.now(), place.keeper.tz)
    sent = {"sent_on": now.strftime("%d.%m.%Y"), "sent_time": now.strftime("%H:%M"), "number": "5"}
    for step in ("first", "second", "close"):
        assert client.post(reverse(f"breaches:{step}", args=[breach.pk]), sent).status_code == 302
    breach.refresh_from_db()
    assert (breach.state, breach.first_number) == ("closed", "5")


@pytest.mark.both
def test_the_papers_say_what_the_card_says(place: places.Place) -> None:
    member, client = place.put(), places.signed_in(place.chair)
    breach = breach_of(place)
    page = reverse("breaches:detail", args=[breach.pk])
    nobody = client.post(reverse("breaches:print", args=[breach.pk, "letters"]))
    assert nobody.url == page
    transitions.name_people(breach.pk, [member.pk], by=place.chair)
    said = {
        paper: " ".join(text_of(client.post(reverse("breaches:print", args=[breach.pk, paper])).content).split())
        for paper in ("first", "second", "letters")
    }
    assert "Ошибка в адресе" in said["first"] and "Возможны звонки" in said["first"]
    assert "Виновных действий нет" in said["second"] and "Возможны звонки" not in said["second"]
    assert "Константинопольской" in said["letters"] and "Ошибка в адресе" not in said["letters"]
    assert client.post(reverse("breaches:print", args=[breach.pk, "third"])).status_code == 404


@pytest.mark.both
def test_cards_of_the_same_moment_are_told_apart_and_a_settled_one_offers_nothing(place: places.Place) -> None:
    words = "Потерян список " + "очень " * 20 + "длинный"
    first, second = breach_of(place), breach_of(place, what=words)
    assert first.noticed_at == second.noticed_at
    client = places.signed_in(place.chair)
    page = client.get(reverse("breaches:list")).content.decode()
    assert ("Письмо со списком ушло на чужой адрес" in page, "очень …" in page, words in page) == (True, True, False)
    offer = "Выберите членов организации, чьих данных касается утечка."
    for settled in (False, True):
        if settled:
            transitions.dismiss_breach(first.pk, by=place.chair)
        shown = client.get(reverse("breaches:detail", args=[first.pk])).content.decode()
        assert ("В карточке никого нет" in shown, offer in shown) == (True, not settled)


def test_only_those_who_answer_for_the_data_open_a_card(place: places.Place) -> None:
    for role in (Role.REGISTRAR, Role.REVIEWER, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            transitions.open_breach(values=facts(), by=trees.officer(place.keeper, role, "Другая"))
    assert not Breach.objects.exists()


def test_nothing_is_done_to_the_people_of_a_settled_card(place: places.Place) -> None:
    breach, member = breach_of(place), place.put()
    transitions.name_people(breach.pk, [member.pk], by=place.chair)
    transitions.dismiss_breach(breach.pk, by=place.chair)
    today = timezone.localdate()
    for step in (
        lambda: transitions.name_people(breach.pk, [member.pk], by=place.chair),
        lambda: transitions.unname_person(breach.pk, member.pk, by=place.chair),
        lambda: transitions.record_told(breach.pk, told_on=today, by=place.chair),
    ):
        with refused("V-C5"):
            step()
    assert BreachPerson.objects.filter(breach=breach, told_on=None).count() == 1


def test_the_people_of_one_card_are_not_those_of_another(place: places.Place) -> None:
    first, second = breach_of(place), breach_of(place)
    others = {"snils": "", "ticket_number": "", "confirmed_duplicate": True}
    ids = [place.put().pk, place.put(surname="Вторая", **others).pk]
    assert transitions.name_people(first.pk, ids, by=place.chair) == 2
    assert transitions.name_people(second.pk, ids[:1], by=place.chair) == 1
    today = timezone.localdate()
    before = first.noticed_at.astimezone(place.keeper.tz).date()
    transitions.unname_person(first.pk, ids[1], by=place.chair)
    assert transitions.record_told(first.pk, told_on=before, by=place.chair) == 1
    transitions.name_people(first.pk, ids[1:], by=place.chair)
    # People who were already told keep the recorded day.
    assert transitions.record_told(first.pk, told_on=today, by=place.chair) == 1
    found = BreachPerson.objects.order_by("breach", "member").values_list("breach", "member", "told_on")
    assert list(found) == [(first.pk, ids[0], before), (first.pk, ids[1], today), (second.pk, ids[0], None)]


def test_the_second_notice_follows_the_first(place: places.Place) -> None:
    breach = breach_of(place)
    at_first = breach.noticed_at + HOUR
    transitions.send_first(breach.pk, sent_at=at_first, by=place.chair)
    with refused("V-C5", field="sent_on"):
        transitions.send_second(breach.pk, sent_at=at_first - dt.timedelta(minutes=1), by=place.chair)
    transitions.send_second(breach.pk, sent_at=at_first, by=place.chair)
    with refused("V-C5"):
        transitions.dismiss_breach(breach.pk, by=place.chair)
    assert transitions.close_breach(breach.pk, by=place.chair).state == "closed"


@pytest.mark.both
def test_a_successor_gets_the_cards_of_the_organisation_that_ends_and_no_others(place: places.Place) -> None:
    other = trees.below(place.region, "local", "Привокзальная МО ВОИ")
    third = trees.below(place.region, "local", "Садовая МО ВОИ")
    mine = breach_of(place)
    theirs = transitions.open_breach(values=facts(), by=trees.officer(other, Role.CHAIR, "Другая"))
    with change(by=trees.INSTALLATION, rule="N-H3", event="organization.merged") as act:
        transitions.pass_on_breaches(act, place.keeper, third)
        act.about(third, organization=third)
    found = {one.pk: (one.organization_id, one.version) for one in Breach.objects.all()}
    assert found == {mine.pk: (third.pk, mine.version + 1), theirs.pk: (other.pk, theirs.version)}


@pytest.mark.both
def test_a_card_is_settled_by_the_day_of_its_organisation(place: places.Place) -> None:
    with at("2040-02-29T13:00Z"):
        set_time_zone(place.keeper.pk, time_zone="Asia/Kamchatka", by=trees.INSTALLATION)
        settled = transitions.dismiss_breach(breach_of(place).pk, by=place.chair)
        assert (settled.settled_on, settled.keep_until) == (dt.date(2040, 3, 1), dt.date(2043, 3, 1))


def test_the_facts_of_a_card_at_their_edges(place: places.Place) -> None:
    now = timezone.now()
    every = list(BreachData.values)
    assert rules.check_facts(facts(noticed_at=now, happened_at=now, data=every), now)["data"] == every
    for field, wrong in (
        ("noticed_on", {"noticed_at": now + dt.timedelta(microseconds=1)}), ("classes", {"data": [*every, "other"]}),
        ("classes", {"data": []}), ("people", {"people": 0}), ("noticed_by", {"noticed_by": "other"}),
        ("happened_on", {"noticed_at": now - HOUR, "happened_at": now}),
    ):  # fmt: skip
        with refused("V-C5", field=field):
            rules.check_facts(facts(**wrong), now)
    rules.check_people(1, rules.MAX_PEOPLE)
    assert rules.MAX_PEOPLE == 20_000
    for chosen, named in ((1, rules.MAX_PEOPLE + 1), (0, 0)):
        with refused("V-C5"):
            rules.check_people(chosen, named)
    for sent in (now - HOUR, now):
        assert rules.check_sent(sent, now - HOUR, now) == sent
    for moment in (None, now - HOUR - dt.timedelta(microseconds=1), now + dt.timedelta(microseconds=1)):
        with refused("V-C5", field="sent_on"):
            rules.check_sent(moment, now - HOUR, now)


def test_the_moment_changes_until_the_first_notice_names_it(place: places.Place) -> None:
    breach = breach_of(place)
    earlier = breach.noticed_at - HOUR
    assert transitions.change_breach(breach.pk, values=facts(noticed_at=earlier), by=place.chair).noticed_at == earlier
    transitions.send_first(breach.pk, sent_at=earlier, by=place.chair)
    changed = transitions.change_breach(breach.pk, values=facts(noticed_at=earlier, people=9), by=place.chair)
    assert (changed.noticed_at, changed.people) == (earlier, 9)
    with refused("V-C5", field="noticed_on"):
        transitions.change_breach(breach.pk, values=facts(noticed_at=earlier - HOUR), by=place.chair)


def test_a_card_is_closed_after_both_notices_alone(place: places.Place) -> None:
    breach = breach_of(place)
    for step in (rules.check_can_close, rules.check_second):
        with refused("V-C5"):
            step(breach)
    breach.state = BreachState.EXPLAINED
    rules.check_can_close(breach)
    for step in (rules.check_first, rules.check_second, rules.check_can_dismiss):
        with refused("V-C5"):
            step(breach)
