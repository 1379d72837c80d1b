"""New Year on the screen, with the clock moved: the charge, arrears after the term, reminders, a proposal (V-B16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page, expect

from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.transitions import charge_new_year
from dues.notices.models import DuesReminder
from dues.payments.transitions import Paid, record_payments
from members.meetings.models import AgendaItem
from registry.access import Actor
from tests.clock import at
from tests.members import sessions

from .conftest import OpenWindow
from .steps import figure, follow, press, ru, wrong

#: The last evening of a year, New Year in Moscow, the last day of the term, and the next day.
EVE, NEW_YEAR, TERM, LATE = "2040-12-31T23:50", "2041-01-01T00:10", "2041-06-30", "2041-07-01"


def test_v_b16_the_new_year_leads_from_the_charge_to_the_agenda_of_the_next_meeting(
    window: OpenWindow, run_jobs: Callable[[], None]
) -> None:
    place = sessions.place()
    owing, paying, young = (
        place.put(snils="", ticket_number=number, surname=surname, joined_on=dt.date(2020, 3, 1))
        for number, surname in (("1", "Алексеева"), ("2", "Борисова"), ("3", "Викторова"))
    )

    def opened() -> Page:
        page = window(place.chair)
        page.goto("/dues/")
        return page

    with at(EVE):
        charge_new_year(place.keeper.pk, 2040, by=place.chair)
        paid = [
            Paid(member.pk, "annual", 2040, Decimal(50), dt.date(2040, 5, 5), "Квитанция", key="walk")
            for member in (paying, young)
        ]
        record_payments(place.keeper.pk, paid, by=place.chair)
        page = opened()
        expect(page.locator("main")).not_to_contain_text(ru("Charge the fee of this year"))
        assert figure(page, "In arrears, people") == "1"
    with at(NEW_YEAR):
        # Like the daily work, for this organisation only.
        new_year = dt.date(2041, 1, 1)
        charge_new_year(place.keeper.pk, 2041, by=Actor.system("new year"), known_before=new_year)
        place.put(snils="", ticket_number="4", surname="Ярцева", joined_on=dt.date(2020, 3, 1))
        page = opened()
        # A member who joins in the new year is charged by the button; the others were charged at midnight.
        press(page, "Charge the fee of this year")
        expect(page.locator("main")).to_contain_text("Взнос начислен 1 человеку.")
        expect(page.locator("main")).not_to_contain_text(ru("Charge the fee of this year"))
        assert figure(page, "In arrears, people") == "1"
    with at(TERM):
        paid = [Paid(young.pk, "annual", 2041, Decimal(50), dt.date(2041, 6, 30), "Квитанция", key="in time")]
        record_payments(place.keeper.pk, paid, by=place.chair)
        assert figure(opened(), "In arrears, people") == "1"
        assert LedgerEntry.objects.filter(organization=place.keeper, kind="charge", year=2041).count() == 4
    with at(LATE):
        meeting = sessions.planned(place.keeper, place.chair, held_on=dt.date(2041, 7, 9))
        page = opened()
        # The term ended yesterday: members who have not paid are in arrears.
        assert figure(page, "In arrears, people") == "3"
        press(page, "Remind all who owe")
        run_jobs()
        page.reload()
        expect(page.locator("main")).to_contain_text("3 уведомления напечатано")
        page.goto("/dues/")
        follow(page, "Choose who is proposed")
        # A debt of over a year leads to a proposal.
        expect(page.locator("input[name=selected]")).to_have_count(1)
        page.locator(f"input[name=selected][value='{owing.pk}']").focus()
        page.keyboard.press("Space")
        press(page, "Propose to exclude")
        expect(page).to_have_url(f"{page.url.split('/meetings/')[0]}/meetings/{meeting.pk}/")
        item = AgendaItem.objects.get(organization=place.keeper)
        assert (item.member, item.meeting, item.state) == (owing, meeting, "scheduled")
        accounts = DuesAccount.objects.filter(member__organization=place.keeper).order_by("pk")
        owed = accounts.values_list("unpaid", flat=True)
        reminders = DuesReminder.objects.filter(member__organization=place.keeper)
        assert (reminders.count(), [*owed], wrong()) == (3, [100, 50, 0, 50], {})
