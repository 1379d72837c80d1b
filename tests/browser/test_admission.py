"""On the screen: from the application to the ticket, from a refusal to its appeal, from an exclusion to the restoration
(V-A1 to V-A6, V-B14).
"""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone
from playwright.sync_api import Page, expect

from members.admission.models import Application, Representation
from members.book.models import BookLine
from members.people.models import Member
from registry.organizations.models import Organization
from tests.members import places, sessions
from tests.members.applicants import child_born

from .conftest import OpenWindow
from .steps import act, adopt_all, close_minutes, day, fill, follow, meet, message, press, ru, untold, wrong

PERSON = {
    "surname": "Заявленная", "given_name": "Ольга", "patronymic": "Петровна", "sex": "female",
    "birth_date": "04.07.1985", "city": "Тула", "street": "ул. Садовая", "house": "5",
    "phone_mobile": "8 910 555-01-17",
}  # fmt: skip
CHILD = {
    "surname": "Заявленный", "given_name": "Пётр", "patronymic": "Ильич", "sex": "male",
    "birth_date": f"{child_born():%d.%m.%Y}", "disability_group": "child", "disability_cause": "childhood",
    "mandate_kind": "birth_certificate", "mandate_number": "II-БО № 512345", "mandate_issued_by": "отдел ЗАГС г. Тулы",
}  # fmt: skip


def file_application(page: Page, **values: str) -> None:
    """File an application with all papers, ten days ago."""
    page.goto("/applications/")
    follow(page, "File an application")
    fill(page, **PERSON, **values)
    offered = {"filed_on": day(10), "acquainted_on": day(10), "consent_signed_on": day(10)}
    fill(page, **{name: value for name, value in offered.items() if page.locator(f"main [name={name}]").count()})
    for box in page.locator("main [name=copies]").all():
        box.check()
    press(page, "File the application")


def refuse(page: Page, reason: str) -> None:
    follow(page, "Decide")
    fill(page, adopted="no", votes_for="0", votes_against="5", reason=reason)
    untold(page)
    press(page, "Enter the decision")
    close_minutes(page)


def open_application(page: Page, application: Application) -> None:
    page.goto(f"/applications/{application.pk}/")


def test_v_a1_a_represented_child_an_admission_and_the_task_of_the_ticket(window: OpenWindow) -> None:
    place = places.voi()
    sessions.body_of(place.keeper)
    page = window(place.chair)
    file_application(page, category="legal_representative")
    fill(page, **CHILD, mandate_issued_on=f"{child_born() + dt.timedelta(days=9):%d.%m.%Y}", consent_signed_on=day(10))
    press(page, "Save")
    application = Application.objects.get(organization=place.keeper)
    open_application(page, application)
    message(page, "All papers are there: the governing body can decide.")

    meet(page)
    adopt_all(page)
    member = Member.objects.get(organization=place.keeper)
    # The child is represented and is not counted as a member.
    assert (member.surname, member.registrations.get().minutes_number) == ("Заявленная", "12")
    assert Representation.objects.get(member=member).surname == "Заявленный"
    assert BookLine.objects.filter(unit=place.keeper).count() == 1

    open_application(page, application)
    follow(page, "Record the notice of the decision")
    fill(page, way="in_person", pickup_on=day(-7), pickup_at="11:00", pickup_place="ул. Садовая, 5")
    press(page, "Record the notice")
    page.goto("/")
    task = page.locator("ul.tasks li", has_text=re.compile(ru("Enter the number of the ticket on the card.")))
    expect(task.locator(".term")).to_be_visible()
    page.goto("/members/?ticket=no")
    expect(page.locator("main")).to_contain_text("Заявленная")
    assert wrong() == {}


def test_v_a6_a_refusal_an_appeal_and_the_admission_by_the_region(window: OpenWindow) -> None:
    place = places.voi()
    for organization in (place.keeper, place.region):
        sessions.body_of(organization)
    page, above = window(place.chair), window(place.region_chair)
    file_application(page, category="disabled", disability_group="II", disability_cause="general")
    meet(page, 2)
    refuse(page, "Справка недействительна")
    application = Application.objects.get(organization=place.keeper)
    open_application(page, application)
    follow(page, "Record the notice of the decision")
    fill(page, on=day(1), way="post")
    press(page, "Record the notice")
    assert (Application.objects.get(pk=application.pk).state,
    Member.objects.filter(organization=place.keeper).count()) == (
        "refused", 0,
    )  # fmt: skip

    above.goto("/meetings/appeals/")
    follow(above, "Receive an appeal")
    fill(above, received_on=day(), text="Справка действительна")
    press(above, "Receive")
    message(above, "The appeal is received and waits for the meeting of the body.")
    above.goto("/overview/decisions/")
    expect(above.locator("main tbody tr")).to_contain_text([place.keeper.short_name])
    above.locator("main tbody th a").click()
    expect(above).to_have_url(re.compile(r"/meetings/appeals/\d+/$"))
    meet(above)
    adopt_all(above)
    above.goto("/overview/decisions/")
    expect(above.locator("main tbody tr")).to_have_count(0)
    member = Member.objects.get(organization=place.keeper)
    page.goto("/members/")
    expect(page.locator("main")).to_contain_text(member.surname)
    open_application(page, application)
    expect(page.locator("main h1 + .lead, main .lead").first).to_contain_text("решено принять")
    assert wrong() == {}


def test_v_b14_an_exclusion_keeps_card_and_ticket_until_the_region_restores_the_member(window: OpenWindow) -> None:
    place = places.voi()
    for organization in (place.keeper, place.region):
        sessions.body_of(organization)
    member = place.put(registered_on=timezone.localdate() - dt.timedelta(days=400))
    page, above = window(place.chair), window(place.region_chair)
    page.goto(f"/members/{member.pk}/")
    act(page, "Put forward for a decision")
    page.locator("main a[href='?kind=exclusion']").click()
    fill(page, exclusion_reason="violation")
    press(page, "Put forward")
    message(page, "It waits for the next meeting.")
    meet(page)
    adopt_all(page)
    follow(page, "Notice")
    fill(page, on=day(), way="in_person")
    press(page, "Record the notice")
    excluded = Member.objects.get(pk=member.pk)
    assert (excluded.organization, excluded.ticket_number) == (None, member.ticket_number)

    above.goto("/meetings/appeals/")
    follow(above, "Receive an appeal")
    fill(above, received_on=day())
    press(above, "Receive")
    meet(above)
    adopt_all(above)
    restored = Member.objects.get(pk=member.pk)
    assert (restored.organization, restored.ticket_number) == (place.keeper, member.ticket_number)
    page.goto(f"/members/{member.pk}/")
    expect(page.locator("main h1")).to_contain_text(member.surname)
    assert wrong() == {}


def test_u5_the_committee_of_a_school_admits_a_teacher(window: OpenWindow) -> None:
    place = places.union()
    sessions.body_of(place.keeper)
    page = window(place.chair)
    file_application(page, category="employed", workplace="Школа № 15", position="учитель")
    meet(page)
    adopt_all(page)
    member = Member.objects.get(organization=place.keeper)
    assert (member.surname, member.state) == ("Заявленная", "on_account")
    page.goto("/")
    expect(page.locator("dl.figures")).to_contain_text("1")
    assert Organization.objects.get(pk=place.keeper.pk).figures.members == 1
    assert wrong() == {}
