"""Employers and statements of deduction: who creates them, changes of the card, refusals (U-D1)."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from documents.printing.models import PrintRecord
from dues.payroll.enums import DeductionState
from dues.payroll.models import Deduction, Employer
from dues.payroll.queries.statements import proposed_employer, usual_percent, without_statement
from dues.payroll.rules import employers as rules
from dues.payroll.transitions.employers import add_employer, change_employer, end_deduction
from members.book.enums import EndReason
from members.book.models import BookLine
from members.movement.transitions import sealing
from members.movement.transitions.arrivals import take_back_arrival
from members.movement.transitions.leaving import deregister, take_back_leaving
from members.movement.transitions.organizations import merge_organizations
from members.movement.transitions.transfers import confirm, request_departure
from members.people.models import Member
from members.people.transitions.cards import edit_card
from registry.access import Actor
from registry.enums import Role
from registry.journal.models import Event
from registry.organizations.models import Organization
from registry.transitions import change
from tests.documents.pdfs import texts_of as pages_in
from tests.dues.test_ledger import wrong
from tests.members import places
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

from .world import MONTH, ONE, TODAY, Payroll, month, payroll

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = dt.timedelta(days=1)


@pytest.fixture
def w() -> Payroll:
    return payroll()


def card(member: Member) -> tuple[Any, ...]:
    fields = ("dues_form", "dues_percent", "dues_statement_on")
    return Member.objects.values_list(*fields).get(pk=member.pk)


# Employers


def test_u_d1_an_employer_is_proposed_from_the_passport_and_kept_in_order(w: Payroll) -> None:
    passport = w.keeper.passport
    passport.employer_name, passport.employer_inn = "МБОУ «Лицей № 1»", "7107012347"
    passport.save()
    assert proposed_employer(w.keeper) == {}
    Employer.objects.all().delete()
    assert proposed_employer(w.keeper) == {"name": "МБОУ «Лицей № 1»", "inn": "7107012347"}
    made = add_employer(w.keeper.pk, name="  МБОУ   «Лицей № 1» ", contact=" Бухгалтер ", by=w.chair)
    assert (made.name, made.contact, made.inn) == ("МБОУ «Лицей № 1»", "Бухгалтер", "")
    changed = change_employer(made.pk, name="МБОУ «Лицей № 2»", by=w.chair)
    assert (changed.name, changed.contact) == ("МБОУ «Лицей № 2»", "Бухгалтер")


@pytest.mark.parametrize(
    ("values", "field"), [({"name": " "}, "name"), ({"name": "МБОУ «Школа № 15»"}, "name"), ({"inn": "123"}, "inn")]
)
def test_u_d1_a_wrong_employer_is_refused(w: Payroll, values: dict[str, str], field: str) -> None:
    with refused("U-D1", field=field):
        add_employer(w.keeper.pk, **{"name": "МБОУ «Лицей № 1»", **values}, by=w.chair)
    assert Employer.objects.count() == 1


def test_u_d1_another_name_can_be_kept_when_the_employer_is_changed(w: Payroll) -> None:
    assert change_employer(w.employer.pk, name=w.employer.name, by=w.chair).version == 2


def test_u_d1_an_organisation_has_a_limited_number_of_employers(w: Payroll, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_EMPLOYERS", 2)
    add_employer(w.keeper.pk, name="МБОУ «Лицей № 1»", by=w.chair)
    with refused("U-D1"):
        add_employer(w.keeper.pk, name="МБОУ «Лицей № 2»", by=w.chair)


def test_u_d1_the_society_and_a_region_have_no_employers(w: Payroll) -> None:
    society = places.voi()
    for organization in (society.keeper, w.place.region):
        with refused("U-D1"):
            rules.check_deducts(organization)
    rules.check_deducts(w.keeper)
    assert signed_in(society.chair).get(reverse("dues:add_employer")).status_code == 404


def test_u_d1_an_organisation_in_liquidation_gets_no_employer(w: Payroll) -> None:
    Organization.objects.filter(pk=w.keeper.pk).update(status="liquidating")
    with refused("U-D1"):
        add_employer(w.keeper.pk, name="МБОУ «Лицей № 1»", by=w.chair)


# Statements


def test_u_d1_statements_are_prepared_handed_over_and_the_card_says_how_the_member_pays(w: Payroll) -> None:
    first, second = w.prepare(*w.members[:2])
    assert (first.state, first.percent, first.begins_on) == (DeductionState.PREPARED, ONE, MONTH)
    assert [*without_statement(w.employer, w.chair)] == [w.members[2]]
    assert card(w.members[0]) == ("cash", None, None)
    assert w.hand([first]) == 1
    assert card(w.members[0]) == ("cashless", ONE, TODAY)
    assert card(w.members[1]) == ("cash", None, None)
    states = dict(Deduction.objects.values_list("pk", "state"))
    assert states == {first.pk: DeductionState.HANDED_OVER, second.pk: DeductionState.PREPARED}
    event = Event.objects.filter(action="dues.deductions_handed_over").get()
    assert (event.organization, event.object_id, event.facts) == (w.keeper, str(w.employer.pk), {"count": 1})


def test_u_d1_a_withdrawn_statement_ends_the_deduction_and_the_member_pays_in_cash(w: Payroll) -> None:
    found = w.prepare()
    w.hand(found[:1])
    ended = end_deduction(found[0].pk, ends_on=TODAY, by=w.chair)
    assert (ended.state, ended.ends_on) == (DeductionState.ENDED, TODAY)
    assert card(w.members[0]) == ("cash", None, None)
    Member.objects.filter(pk=w.members[1].pk).update(dues_form="exempt")
    end_deduction(found[1].pk, ends_on=TODAY, by=w.chair)
    # The statement was never handed to the employer, so the card does not change.
    assert card(w.members[1])[0] == "exempt"
    with refused("U-D1"):
        end_deduction(found[1].pk, ends_on=TODAY, by=w.chair)
    with refused("U-D1"):
        w.hand(found[1:2])
    assert w.prepare(w.members[0])[0].state == DeductionState.PREPARED


def test_u_d1_nobody_has_two_open_statements_to_an_employer(w: Payroll) -> None:
    w.prepare(w.members[0])
    with refused("U-D1") as refusal:
        w.prepare()
    assert w.members[0].full_name in str(refusal.message)
    assert Deduction.objects.count() == 1
    other = add_employer(w.keeper.pk, name="МБОУ «Лицей № 1»", by=w.chair)
    assert [*without_statement(other, w.chair)] == w.members


@pytest.mark.parametrize("percent", ["0", "-1", "0.001", "100", "NaN", "Infinity"])
def test_u_d1_an_impossible_percentage_is_refused(w: Payroll, percent: str) -> None:
    with refused("U-D1", field="percent"):
        w.prepare(percent=Decimal(percent))
    assert not Deduction.objects.exists()


@pytest.mark.parametrize("percent", ["0.01", "99.99"])
def test_u_d1_the_smallest_and_the_largest_percentage_are_taken(w: Payroll, percent: str) -> None:
    assert w.prepare(w.members[0], percent=Decimal(percent))[0].percent == Decimal(percent)


def test_u_d1_days_of_a_deduction_are_possible_ones(w: Payroll) -> None:
    for begins_on in (MONTH.replace(year=MONTH.year - 11), MONTH.replace(year=MONTH.year + 2)):
        with refused("U-D1", field="begins_on"):
            w.prepare(begins_on=begins_on)
    with refused("U-D1", field="ends_on"):
        w.prepare(ends_on=MONTH - DAY)
    found = w.prepare(ends_on=MONTH)
    for day in (TODAY + DAY, TODAY.replace(year=TODAY.year - 11, day=1)):
        with refused("U-D1", field="handed_over_on"):
            w.hand(found, handed_over_on=day)
    w.hand(found)
    for day in (MONTH - DAY, MONTH.replace(year=MONTH.year + 2)):
        with refused("U-D1", field="ends_on"):
            end_deduction(found[0].pk, ends_on=day, by=w.chair)
    assert end_deduction(found[0].pk, ends_on=MONTH, by=w.chair).ends_on == MONTH


@pytest.mark.parametrize(
    ("begins_on", "ends_on", "refuses"),
    [
        ("2020-05-01", "2020-04-30", True),
        ("2020-05-01", "2020-05-01", False),
        ("2020-05-01", "2021-12-31", False),
        ("2020-05-01", "2022-01-01", True),
    ],
)
def test_u_d1_a_deduction_ends_from_its_first_day_to_the_end_of_the_next_year(
    begins_on: str, ends_on: str, refuses: bool
) -> None:
    day = dt.date.fromisoformat
    with refused("U-D1", field="ends_on") if refuses else nullcontext():
        rules.check_end(Deduction(begins_on=day(begins_on)), day(ends_on), today=day("2020-06-15"))


@pytest.mark.parametrize(
    ("begins_on", "refuses"),
    [("2009-12-31", True), ("2010-01-01", False), ("2021-12-31", False), ("2022-01-01", True)],
)
def test_u_d1_a_deduction_begins_within_ten_years_back_and_the_next_year(begins_on: str, refuses: bool) -> None:
    values: dict[str, Any] = {"percent": Decimal(1), "ends_on": None, "today": dt.date(2020, 6, 15)}
    with refused("U-D1", field="begins_on") if refuses else nullcontext():
        rules.check_terms(begins_on=dt.date.fromisoformat(begins_on), **values)


@pytest.mark.parametrize(
    ("day", "refuses"), [("2009-12-31", True), ("2010-01-01", False), ("2020-06-15", False), ("2020-06-16", True)]
)
def test_u_d1_statements_were_handed_over_by_today_and_within_ten_years(day: str, refuses: bool) -> None:
    with refused("U-D1", field="handed_over_on") if refuses else nullcontext():
        rules.check_day_of_handing_over(dt.date.fromisoformat(day), dt.date(2020, 6, 15))


def test_u_d1_statements_of_others_and_too_many_are_refused(w: Payroll, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = places.voi().put()
    with pytest.raises(Member.DoesNotExist):
        w.prepare(w.members[0], stranger)
    other = add_employer(w.keeper.pk, name="МБОУ «Лицей № 1»", by=w.chair)
    found = w.prepare()
    with pytest.raises(Deduction.DoesNotExist):
        rules_of_other = Payroll(w.place, other, w.members)
        rules_of_other.hand(found)
    with refused("U-D1"):
        w.hand([])
    monkeypatch.setattr(rules, "MAX_STATEMENTS", 2)
    with refused("U-D1"):
        w.hand(found)
    assert w.hand(found[:2]) == 2


def test_u_d1_a_statement_ends_with_the_membership_and_is_not_ended_again(w: Payroll) -> None:
    found = w.prepare(w.members[0])
    w.hand(found)
    deregister(w.members[0].pk, reason=EndReason.OWN_WISH, on=TODAY, paper="Заявление", by=w.chair)
    with refused("U-D1"):
        end_deduction(found[0].pk, ends_on=TODAY, by=w.chair)
    assert card(w.members[0])[0] == "cash"


def test_u_d1_in_force_is_what_the_employer_has_for_a_day_of_the_month(w: Payroll) -> None:
    found = w.prepare(begins_on=MONTH + 4 * DAY)
    w.hand(found[:1])
    last = MONTH + 27 * DAY

    def asked(first: dt.date, until: dt.date) -> list[Deduction]:
        return [*Deduction.objects.in_force(first, until)]

    assert asked(MONTH, last) == asked(MONTH, MONTH + 4 * DAY) == found[:1]
    assert asked(MONTH, MONTH + 3 * DAY) == []
    Deduction.objects.update(ends_on=MONTH + 9 * DAY)
    assert asked(MONTH + 9 * DAY, last) == found[:1]
    assert asked(MONTH + 10 * DAY, last) == []


def test_u_d1_the_percentage_comes_from_the_passport_or_the_rate(w: Payroll) -> None:
    assert usual_percent(w.keeper) == ONE
    passport = w.keeper.passport
    passport.dues_percent = Decimal("1.50")
    passport.save()
    assert usual_percent(w.keeper) == Decimal("1.50")


# Pages


def test_u_d1_a_chair_goes_from_the_list_of_members_to_the_printed_statements(w: Payroll) -> None:
    client = signed_in(w.chair)
    prepare, page = (reverse(f"dues:{name}", args=[w.employer.pk]) for name in ("prepare_statements", "employer"))
    shown = client.get(prepare).content.decode()
    assert all(member.full_name in shown for member in w.members)
    found = client.get(prepare, {"q": "Белов"}).content.decode()
    assert [member.full_name in found for member in w.members] == [False, True, False]
    ids = [member.pk for member in w.members[:2]]
    wrong = client.post(prepare, {"selected": ids, "percent": "0", "begins_on": f"{MONTH:%d.%m.%Y}"})
    assert wrong.context["form"].errors and not Deduction.objects.exists()
    assert wrong.context["chosen"] == set(ids)
    answer = client.post(prepare, {"selected": ids, "percent": "1,00", "begins_on": f"{MONTH:%d.%m.%Y}"})
    assert answer["Location"] == f"{page}?state=prepared"
    statements = [*Deduction.objects.order_by("member__sort_key")]
    asked = {"selected": [one.pk for one in statements], "paper": "statement"}
    printed = client.post(reverse("dues:print_statements", args=[w.employer.pk]), asked)
    sheets = pages_in(printed.content)
    assert len(sheets) == 2
    for sheet, name in zip(sheets, ("Абрамовой Марфы Никифоровны", "Белова Ивана Ивановича"), strict=True):
        assert name in sheet
        assert "Директору Сидоровой А. П." in sheet and "МБОУ «Школа № 15»" in sheet
    records = PrintRecord.objects.order_by("member__sort_key")
    assert [(one.form, one.member) for one in records] == [
        ("deduction_statement", w.members[0]),
        ("deduction_statement", w.members[1]),
    ]
    assert len({one.code for one in records}) == 2 and None not in {one.code for one in records}
    client.post(page, {"selected": [statements[0].pk], "handed_over_on": f"{TODAY:%d.%m.%Y}"})
    statements[0].refresh_from_db()
    assert statements[0].state == DeductionState.HANDED_OVER
    end = reverse("dues:end_deduction", args=[statements[0].pk])
    assert client.post(end, {"ends_on": f"{TODAY:%d.%m.%Y}"})["Location"] == f"{page}?state=ended"
    asked = {"selected": [one.pk for one in statements], "paper": "withdrawal"}
    stopped = pages_in(client.post(reverse("dues:print_statements", args=[w.employer.pk]), asked).content)
    # Only for the ended statement a withdrawal is printed.
    assert len(stopped) == 1 and "прекратить удержание" in " ".join(stopped[0].split())


def test_u_d1_who_sees_employers_and_who_prints(w: Payroll) -> None:
    found = w.prepare()
    print_url = reverse("dues:print_statements", args=[w.employer.pk])
    collector = trees.officer(w.keeper, Role.COLLECTOR)
    assert [*Employer.objects.visible_to(w.place.region_chair)] == [w.employer]
    assert not Employer.objects.visible_to(collector).exists()
    assert not Deduction.objects.visible_to(collector).exists()
    reviewer = signed_in(w.place.reviewer)
    assert reviewer.get(reverse("dues:employer", args=[w.employer.pk])).status_code == 200
    assert reviewer.post(print_url, {"selected": [found[0].pk]}).status_code == 403
    assert signed_in(places.voi().chair).post(print_url).status_code == 404
    client = signed_in(w.chair)
    assert [client.post(print_url, data).status_code for data in ({}, {"selected": ["9999"]})] == [302, 302]
    assert not PrintRecord.objects.exists()
    Member.objects.filter(pk=w.members[0].pk).update(blocked_on=TODAY)
    assert not Deduction.objects.visible_to(w.chair).filter(member=w.members[0]).exists()


def test_u_d1_a_statement_ends_by_itself_when_its_member_leaves(w: Payroll) -> None:
    handed, prepared, other = w.prepare(begins_on=month(1))
    w.hand([handed, other])
    for member in w.members[:2]:
        deregister(member.pk, reason=EndReason.OWN_WISH, on=TODAY, paper="Заявление", by=w.chair)
    ended = [Deduction.objects.get(pk=one.pk) for one in (handed, prepared, other)]
    assert [(one.state, one.ends_on) for one in ended] == [
        (DeductionState.ENDED, TODAY), (DeductionState.ENDED, TODAY), (DeductionState.HANDED_OVER, None),
    ]  # fmt: skip
    cards = Member.objects.filter(pk__in=[member.pk for member in w.members]).order_by("sort_key")
    assert [(card.dues_form, card.dues_percent, card.dues_statement_on) for card in cards] == [
        ("cash", None, None), ("cash", None, None), ("cashless", ONE, TODAY),
    ]  # fmt: skip


def leave(w: Payroll, member: Member, **values: Any) -> None:
    deregister(member.pk, **{"reason": EndReason.OWN_WISH, "on": TODAY, "paper": "Заявление", "by": w.chair, **values})


def come_back(w: Payroll, member: Member) -> Member:
    return take_back_leaving(BookLine.objects.filter(member=member).latest("pk").pk, by=w.chair)


def kept(deduction: Deduction) -> tuple[Any, ...]:
    found = Deduction.objects.get(pk=deduction.pk)
    return found.state, found.begins_on, found.ends_on, found.handed_over_on, found.ended_with, found.stated_end


@pytest.mark.parametrize("ends", [None, -3, 0, 40])
def test_u_d1_a_leaving_that_is_taken_back_puts_the_statements_back_as_they_were(w: Payroll, ends: int | None) -> None:
    until = None if ends is None else TODAY + ends * DAY
    handed, prepared, other = w.prepare(begins_on=month(1), ends_on=until)
    w.hand([handed, other])
    # The values of the card are restored too, even if they differ from the statement.
    edit_card(w.members[0].pk, values={"dues_percent": Decimal("1.50")}, version=None, by=w.chair)
    before = [kept(one) for one in (handed, prepared, other)]
    for member in w.members[:2]:
        leave(w, member)
    assert [kept(one)[0] for one in (handed, prepared, other)] == ["ended", "ended", "handed_over"]
    for member in w.members[:2]:
        come_back(w, member)
    assert [kept(one) for one in (handed, prepared, other)] == before
    assert [card(member) for member in w.members] == [
        ("cashless", Decimal("1.50"), TODAY), ("cash", None, None), ("cashless", ONE, TODAY),
    ]  # fmt: skip
    with refused("U-D1"):
        w.prepare(w.members[0])
    # It ends with the next leaving and is restored again.
    leave(w, w.members[0])
    assert kept(handed)[0] == DeductionState.ENDED
    come_back(w, w.members[0])
    assert kept(handed) == before[0]


def test_u_d1_a_statement_that_ended_before_the_leaving_stays_ended(w: Payroll) -> None:
    (first,) = w.prepare(w.members[0])
    w.hand([first])
    end_deduction(first.pk, ends_on=TODAY, by=w.chair)
    (second,) = w.prepare(w.members[0])
    before = [kept(first), kept(second)]
    leave(w, w.members[0])
    come_back(w, w.members[0])
    assert [kept(first), kept(second)] == before
    assert card(w.members[0]) == ("cash", None, None)
    with refused("U-D1"):
        w.hand([first])


def transfer(member: Member, giving: Actor, target: Organization, receiving: Actor) -> int:
    asked = request_departure(member.pk, target=target, by=giving)
    confirm(asked.pk, workplace="Школа № 15", by=receiving)
    return asked.pk


def test_u_d1_a_new_registration_does_not_bring_back_the_statement_of_the_former_one(w: Payroll) -> None:
    member = w.members[0]
    other = trees.below(w.place.region, w.keeper.level, "ППО школы № 16")
    there = trees.officer(other, Role.CHAIR)
    (old,) = w.prepare(member)
    w.hand([old])
    transfer(member, w.chair, other, there)
    ended = kept(old)
    assert ended[0] == DeductionState.ENDED
    transfer(member, there, w.keeper, w.chair)
    assert (kept(old), card(member)) == (ended, ("cash", None, None))
    # Restoring the new statement does not bring back the old one either.
    (new,) = w.prepare(member)
    leave(w, member)
    come_back(w, member)
    assert (kept(old), kept(new)[0]) == (ended, DeductionState.PREPARED)


def test_u_d1_an_arrival_elsewhere_that_is_taken_back_puts_the_statement_back(w: Payroll) -> None:
    member = w.members[0]
    other = trees.below(w.place.region, w.keeper.level, "ППО школы № 16")
    there = trees.officer(other, Role.CHAIR)
    (found,) = w.prepare(member)
    w.hand([found])
    before = kept(found)
    asked = transfer(member, w.chair, other, there)
    assert kept(found)[0] == DeductionState.ENDED
    take_back_arrival(asked, by=there)
    assert (kept(found), card(member)) == (before, ("cashless", ONE, TODAY))


def test_u_d1_a_member_who_comes_back_to_the_successor_gives_it_a_new_statement(w: Payroll) -> None:
    """Open statements move to the successor's employer with the same days; ended ones do not move."""
    gone, stays = w.members[:2]
    found, other_one = w.prepare(gone, stays)
    w.hand([found, other_one])
    successor = trees.below(w.place.region, w.keeper.level, "ППО школы № 16")
    there = trees.officer(successor, Role.CHAIR)
    leave(w, gone)
    ended, still = kept(found), kept(other_one)
    merge_organizations(w.keeper.pk, successor.pk, on=TODAY, by=w.place.region_chair)
    # As after a complaint against an exclusion, which the successor continues.
    with change(by=there, rule="V-B10", event="member.leaving_taken_back") as act:
        sealing.unseal_card(act, Member.objects.get(pk=gone.pk))
        act.silent = True
    assert Member.objects.get(pk=gone.pk).organization == successor
    assert (kept(found), card(gone)) == (ended, ("cash", None, None))
    # The other statement ends and is restored with the registration in the successor.
    deregister(stays.pk, reason=EndReason.OWN_WISH, on=TODAY, paper="Заявление", by=there)
    assert kept(other_one)[0] == DeductionState.ENDED
    take_back_leaving(BookLine.objects.filter(member=stays).latest("pk").pk, by=there)
    assert (kept(other_one), card(stays)) == (still, ("cashless", ONE, TODAY))


@pytest.mark.both
@pytest.mark.parametrize("has_it", [True, False])
def test_n_h3_the_successor_gets_the_employers_with_open_statements_and_numbers(w: Payroll, has_it: bool) -> None:
    handed, prepared, ended = w.prepare()
    w.hand([handed, ended])
    end_deduction(ended.pk, ends_on=TODAY, by=w.chair)
    w.post(w.compare("5;Абрамова Марфа Никифоровна;100,00"))
    successor = trees.below(w.place.region, w.keeper.level, "ППО школы № 16")
    there = trees.officer(successor, Role.CHAIR)
    same = add_employer(successor.pk, name=w.employer.name, by=there) if has_it else None
    merge_organizations(w.keeper.pk, successor.pk, on=TODAY, by=w.place.region_chair)
    employer = Employer.objects.get(organization=successor)
    assert (employer == same or not has_it, employer.name) == (True, w.employer.name)
    assert employer.inn == ("" if has_it else w.employer.inn)
    assert dict(Deduction.objects.values_list("pk", "employer")) == {
        handed.pk: employer.pk, prepared.pk: employer.pk, ended.pk: w.employer.pk,
    }  # fmt: skip
    assert list(employer.numbers.values_list("number", "member")) == [("5", w.members[0].pk)]
    # The successor continues them and the employer's lists; the posted list remains where its money is.
    w.place.chair, w.employer = there, employer
    end_deduction(handed.pk, ends_on=TODAY, by=there)
    assert w.hand([prepared]) == 1
    assert w.compare("5;Абрамова Марфа Никифоровна;50,00").lines.get().member == w.members[0]
    assert wrong() == []


@pytest.mark.parametrize(
    ("begins", "ends", "last"),
    [(0, None, 0), (-5, 10, 0), (-5, 0, 0), (-5, -1, -1), (3, None, 3), (3, 9, 3)],
)
def test_u_d1_it_ends_on_the_day_of_leaving_but_within_its_own_days(
    w: Payroll, begins: int, ends: int | None, last: int
) -> None:
    def day(after: int) -> dt.date:
        return TODAY + dt.timedelta(days=after)

    (found,) = w.prepare(w.members[0], begins_on=day(begins), ends_on=None if ends is None else day(ends))
    deregister(w.members[0].pk, reason=EndReason.OWN_WISH, on=TODAY, paper="Заявление", by=w.chair)
    found.refresh_from_db()
    assert (found.state, found.ends_on) == (DeductionState.ENDED, day(last))
