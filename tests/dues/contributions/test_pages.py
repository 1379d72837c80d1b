"""Pages of property contributions and reductions, and the forms that collect them (V-D1, V-D2, V-D5)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dues.collecting.models import PaymentRegister
from dues.collecting.transitions import appoint_collector, begin_collecting, close_register, enter_sums, open_register
from dues.contributions.jobs import KIND
from dues.contributions.models import PropertyContribution
from dues.contributions.queries import sums_of
from dues.contributions.transitions import cancel_contribution
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.rates.models import Reduction
from dues.rates.transitions import reduce_for_category, reduce_for_member
from members.movement.transitions.leaving import deregister
from registry.jobs import queue as jobs
from registry.jobs.models import Job
from registry.jobs.queue import start_job
from registry.journal.models import Event
from tests.members import places

from ..test_pages import tab, text
from .world import DAY, DECIDED_ON, FIRST, SECOND, TODAY, setting

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def form(**changed: str) -> dict[str, str]:
    return {
        "title": "Ремонт актового зала", "spending": "По смете", "body": "conference", "number": "4",
        "decided_on": f"{DECIDED_ON:%d.%m.%Y}", "due_1": f"{FIRST:%d.%m.%Y}", "amount_1": "100,00",
        "due_2": f"{SECOND:%d.%m.%Y}", "amount_2": "200", **changed,
    }  # fmt: skip


def asked(client: Client, **changed: str) -> Any:
    """Send the form and return the page that asks for a confirmation of the charge."""
    return client.post(reverse("dues:add_contribution"), form(**changed))


def test_v_d2_before_anybody_is_charged_the_page_asks_with_people_sum_and_terms() -> None:
    s = setting()
    client = places.signed_in(s.chair)
    events = Event.objects.count()
    page = asked(client)
    shown = text(page)
    assert "Начислить взнос 3 людям? Пока ничего не записано." in shown
    facts = dict(page.context["asked"])
    assert list(facts.values())[1:] == [
        f"члены, состоявшие на учёте {DECIDED_ON:%d.%m.%Y}", "3", "300,00 руб.",
        f"100,00 руб. – {FIRST:%d.%m.%Y}; 200,00 руб. – {SECOND:%d.%m.%Y}", "900,00 руб.",
    ]  # fmt: skip
    assert page.context["form"]["spending"].value() == "По смете"
    charged = LedgerEntry.objects.filter(kind="charge", fee="property")
    assert (PropertyContribution.objects.count(), charged.count()) == (0, 0)
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    "changed",
    [
        {"amount_2": "201"}, {"due_2": f"{SECOND + DAY:%d.%m.%Y}"}, {"due_2": "", "amount_2": ""},
        {"decided_on": f"{DECIDED_ON - DAY:%d.%m.%Y}"}, {"show": "1"}, {"seen": ""}, {"seen": "3"},
    ],
)  # fmt: skip
def test_v_d2_what_was_changed_after_the_question_is_asked_again(changed: dict[str, str]) -> None:
    s = setting()
    client = places.signed_in(s.chair)
    seen = asked(client).context["seen"]
    again = client.post(reverse("dues:add_contribution"), {**form(), "seen": seen, **changed})
    assert ("asked" in again.context, PropertyContribution.objects.count()) == (True, 0)
    client.post(reverse("dues:add_contribution"), {**form(), "seen": seen, "title": "Ремонт зала"})
    assert PropertyContribution.objects.get().title == "Ремонт зала"


def test_v_d2_somebody_who_left_after_the_question_is_not_charged_without_another_one() -> None:
    s = setting()
    client = places.signed_in(s.chair)
    seen = asked(client).context["seen"]
    deregister(s.members[2].pk, reason="own_wish", on=TODAY, paper="Заявление", by=s.chair)
    again = client.post(reverse("dues:add_contribution"), {**form(), "seen": seen})
    assert (again.context["count"], PropertyContribution.objects.count()) == (2, 0)


def test_v_d2_a_decision_is_recorded_charged_and_cancelled_on_its_pages() -> None:
    s = setting()
    client = places.signed_in(s.chair)
    seen = asked(client).context["seen"]
    answer = client.post(reverse("dues:add_contribution"), {**form(), "seen": seen}, follow=True)
    found = PropertyContribution.objects.get()
    address = reverse("dues:contribution", args=[found.pk])
    assert answer.redirect_chain == [(address, 302)]
    page = text(answer)
    assert "Взнос начислен 3 людям." in page
    assert f"100,00 руб. – {FIRST:%d.%m.%Y}; 200,00 руб. – {SECOND:%d.%m.%Y}" in page
    s.pay(found, "300")
    assert [len(client.get(address, {"who": who}).context["rows"]) for who in ("", "owed", "paid")] == [3, 2, 1]
    listed = client.get(reverse("dues:contributions"))
    assert [row[1:] for row in listed.context["rows"]] == [("900,00", "300,00", "600,00")]
    answer = client.post(reverse("dues:cancel_contribution", args=[found.pk]), {"reason": "Отменено"}, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert f"Отменён {TODAY:%d.%m.%Y}: Отменено." in text(answer)
    sums = sums_of(found, s.chair)
    assert (sums.people, sums.charged, sums.owed) == (1, 300, 0)
    again = client.post(reverse("dues:charge_contribution", args=[found.pk]), follow=True)
    assert again.redirect_chain == [(address, 302)]
    assert sums_of(found, s.chair).charged == 300


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount_1": ""}, "amount_1"), ({"due_1": ""}, "due_1"), ({"amount_2": ""}, "amount_2"),
        ({"due_2": ""}, "due_2"), ({"amount_1": "0,001"}, "amount_1"), ({"amount_1": "-5"}, "amount_1"),
        ({"amount_1": "٥"}, "amount_1"), ({"amount_1": "1e400"}, "amount_1"), ({"title": ""}, "title"),
        ({"spending": ""}, "spending"), ({"body": ""}, "body"), ({"number": ""}, "number"),
        ({"decided_on": "31.02.2000"}, "decided_on"), ({"due_2": form()["due_1"]}, "__all__"),
    ],
)  # fmt: skip
def test_v_d2_a_wrong_form_says_what_is_wrong_and_keeps_what_was_typed(changed: dict[str, str], field: str) -> None:
    s = setting()
    answer = places.signed_in(s.chair).post(reverse("dues:add_contribution"), form(**changed))
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert answer.context["form"]["number"].value() == changed.get("number", "4")
    assert not PropertyContribution.objects.exists()


def test_v_d2_those_below_see_the_contribution_and_do_not_cancel_it() -> None:
    s = setting()
    found = s.set(s.place.region, by=s.place.region_chair)
    s.charge(found, by=s.place.region_chair)
    client = places.signed_in(s.chair)
    address = reverse("dues:contribution", args=[found.pk])
    assert (client.get(address).context["charged"], client.get(address).context["may_cancel"]) == ("900,00", False)
    above = places.signed_in(s.place.region_chair).get(address)
    assert above.context["charged"] == "1 200,00".replace(" ", "\N{NO-BREAK SPACE}")
    assert [(name, people) for name, people, *_sums in above.context["places"]] == [
        (s.other.short_name, 1), (s.keeper.short_name, 3),
    ]  # fmt: skip
    assert client.post(reverse("dues:cancel_contribution", args=[found.pk]), {"reason": "Нет"}).status_code == 403
    assert s.set().pk not in [row[0].pk for row in above_list(s.other_chair)]


def above_list(actor: Any) -> list[Any]:
    return list(places.signed_in(actor).get(reverse("dues:contributions")).context["rows"])


def run_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the queued jobs as a worker would; an error in a job fails the test."""
    monkeypatch.setattr(jobs, "_RAISE", True)
    for job in Job.objects.filter(state="queued").order_by("created_at"):
        jobs.run_job.call(str(job.pk))


def test_v_d2_a_job_charges_and_reverses_the_organisations_below(monkeypatch: pytest.MonkeyPatch) -> None:
    s = setting()
    found = s.set(s.place.region, by=s.place.region_chair)
    start_job(KIND, {"id": found.pk}, by=s.place.region_chair)
    run_jobs(monkeypatch)
    assert sums_of(found, s.place.region_chair).people == 4
    cancel_contribution(found.pk, reason="Отменено", by=s.place.region_chair)
    start_job(KIND, {"id": found.pk}, by=s.place.region_chair)
    run_jobs(monkeypatch)
    assert sums_of(found, s.place.region_chair).charged == 0


def test_v_d2_the_card_names_the_contribution_and_its_payment(client: Client) -> None:
    s = setting()
    found = s.set()
    s.charge(found)
    client = places.signed_in(s.chair)
    member = s.members[0]
    assert f"Ремонт актового зала – 100,00 ₽ до {FIRST:%d.%m.%Y}" in tab(client, member)
    page = client.get(reverse("dues:pay", args=[member.pk]))
    key = f"property:{DECIDED_ON.year}:{found.pk}"
    assert (page.context["form"]["purpose"].value(), page.context["form"]["amount"].value()) == (key, "100,00")
    sent = {
        "purpose": key, "amount": "300", "made_on": f"{TODAY:%d.%m.%Y}", "paper": "Квитанция № 8",
        "key": str(uuid.uuid4()),
    }  # fmt: skip
    client.post(reverse("dues:pay", args=[member.pk]), sent)
    entry = LedgerEntry.objects.get(kind="payment")
    assert (entry.contribution_id, entry.amount) == (found.pk, 300)
    assert "Имущественный взнос «Ремонт актового зала»" in tab(client, member)
    assert DuesAccount.objects.get(member=member).unpaid == 0


def test_v_d2_the_page_that_records_many_payments_lists_who_owes_the_contribution() -> None:
    s = setting()
    found = s.set()
    s.charge(found)
    s.pay(found, "300")
    client = places.signed_in(s.chair)
    page = client.get(reverse("dues:collect"), {"purpose": f"property:{DECIDED_ON.year}:{found.pk}"})
    rows = page.context["form"].list_rows
    assert [(row.member.pk, row.suggested) for row in rows] == [
        (s.members[1].pk, Decimal(100)), (s.members[2].pk, Decimal(100)),
    ]  # fmt: skip


def test_v_d5_a_register_collects_one_contribution_and_names_it() -> None:
    s = setting()
    found, other = s.set(), s.set(title="Покупка автобуса", number="5")
    s.charge(found)
    s.charge(other)
    order = appoint_collector(s.keeper.pk, number="1", issued_on=TODAY, full_name="Смирнова О. П.", by=s.chair)
    what = {"fee": "property", "year": DECIDED_ON.year}
    registers = [
        open_register(order.pk, cell_id=None, **what, contribution_id=one.pk, by=s.chair) for one in (found, other)
    ]
    register = begin_collecting(registers[0].pk, by=s.chair)
    line = register.lines.order_by("position")[0]
    enter_sums(register.pk, {line.pk: (Decimal(120), TODAY)}, by=s.chair)
    close_register(register.pk, by=s.chair)
    assert (sums_of(found, s.chair).paid, sums_of(other, s.chair).paid) == (120, 0)
    page = places.signed_in(s.chair).get(reverse("dues:registers"))
    assert sorted(row[1] for row in page.context["rows"]) == [
        "Имущественный взнос «Покупка автобуса»", "Имущественный взнос «Ремонт актового зала»",
    ]  # fmt: skip
    assert PaymentRegister.objects.get(pk=register.pk).title == "Ремонт актового зала"


def test_v_d1_the_pages_of_rates_and_of_the_card_show_who_pays_less() -> None:
    s = setting()
    client = places.signed_in(s.chair)
    next_year = dt.date(TODAY.year + 1, 1, 1)
    sent = {
        "category": "trustee", "fee": "annual", "percent": "0", "valid_from": f"{next_year:%d.%m.%Y}",
        "paper": "Постановление правления № 6",
    }  # fmt: skip
    answer = client.post(reverse("dues:add_reduction"), sent, follow=True)
    assert answer.redirect_chain == [(reverse("dues:rates"), 302)]
    assert [row["pays"] for row in answer.context["categories"]] == ["ничего (освобождение)"]
    member = s.members[0]
    sent = {**sent, "percent": "50", "valid_from": f"{TODAY:%d.%m.%Y}", "valid_until": f"{TODAY + DAY:%d.%m.%Y}"}
    answer = client.post(reverse("dues:reduce_member", args=[member.pk]), sent, follow=True)
    assert answer.redirect_chain == [(reverse("members:dues", args=[member.pk]), 302)]
    shown = f"к уплате: 50 % ставки; по решению; с {TODAY:%d.%m.%Y} до {TODAY + DAY:%d.%m.%Y}"
    assert shown in text(answer)
    page = client.get(reverse("dues:rates"))
    assert [row["reduction"].member_id for row in page.context["people"]] == [member.pk]
    beside = places.signed_in(s.other_chair).get(reverse("dues:rates"))
    assert (list(beside.context["people"]), list(beside.context["categories"])) == ([], [])
    mine = Reduction.objects.get(member=member)
    done = client.post(reverse("dues:end_reduction", args=[mine.pk]), {"valid_until": f"{TODAY:%d.%m.%Y}"})
    assert (done.status_code, Reduction.objects.get(pk=mine.pk).valid_until) == (302, TODAY)
    coming = Reduction.objects.get(category="trustee")
    client.post(reverse("dues:take_reduction_back", args=[coming.pk]))
    assert not Reduction.objects.filter(pk=coming.pk).exists()


def test_n_h2_a_region_sees_reductions_of_its_members_and_a_neighbour_none() -> None:
    s = setting()
    reduce_for_member(s.members[0].pk, fee="annual", percent=50, valid_from=TODAY, paper="Решение № 1", by=s.chair)
    reduce_for_category(
        s.keeper.pk, category="trustee", fee="annual", percent=50, valid_from=TODAY, paper="Решение № 2", by=s.chair
    )
    seen = [Reduction.objects.visible_to(actor).count() for actor in (s.chair, s.place.region_chair, s.other_chair)]
    assert seen == [2, 2, 0]
