"""The change of a year: the charge, arrears, reminders, a proposal to exclude, a payment that withdraws it (V-B16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import expect

from dues.ledger.transitions import charge_new_year
from dues.notices.models import DuesReminder
from members.meetings.models import AgendaItem
from tests.members import sessions

from .conftest import OpenWindow
from .steps import fill, follow, press, ru, wrong

TODAY = timezone.localdate()


def test_v_b16_the_change_of_a_year_leads_from_the_charge_to_a_proposal_to_exclude(
    window: OpenWindow, run_jobs: Callable[[], None]
) -> None:
    place = sessions.place()
    owing, paying = (
        place.put(snils="", ticket_number=number, surname=surname, joined_on=dt.date(TODAY.year - 9, 3, 1))
        for number, surname in (("1", "Алексеева"), ("2", "Борисова"))
    )
    # Earlier years were charged when they began.
    charge_new_year(place.keeper.pk, TODAY.year - 2, by=place.chair)
    meeting = sessions.planned(place.keeper, place.chair, held_on=TODAY + dt.timedelta(days=5))
    page = window(place.chair)
    page.goto("/dues/")
    press(page, "Charge the fee of this year")
    expect(page.locator("main")).to_contain_text("начислен")
    press(page, "Remind all who owe")
    run_jobs()
    page.reload()
    expect(page.locator("main")).to_contain_text("2 уведомления напечатано")
    assert DuesReminder.objects.filter(member__in=[owing, paying]).count() == 2
    page.goto("/dues/")
    expect(page.locator("main")).not_to_contain_text(ru("Remind all who owe"))
    follow(page, "Choose who is proposed")
    expect(page.locator("main")).to_contain_text("напечатано")
    for member in (owing, paying):
        page.locator(f"input[name=selected][value='{member.pk}']").check()
    press(page, "Propose to exclude")
    expect(page).to_have_url(f"{page.url.split('/meetings/')[0]}/meetings/{meeting.pk}/")
    expect(page.locator("main")).to_contain_text(owing.full_name)
    page.goto(f"/dues/members/{paying.pk}/pay/")
    # The oldest debt is offered first.
    fill(page, amount="50", paper="Квитанция № 1")
    press(page, "Record the payment")
    page.goto(f"/dues/members/{paying.pk}/pay/")
    fill(page, amount="50", paper="Квитанция № 2")
    press(page, "Record the payment")
    page.goto(f"/meetings/{meeting.pk}/")
    expect(page.get_by_text(ru("paid: drops out"))).to_have_count(1)
    items = AgendaItem.objects.filter(meeting=meeting).order_by("position")
    assert list(items.values_list("member", flat=True)) == [owing.pk, paying.pk]
    assert wrong() == {}
