"""«Today» depends on the organisation's time zone: inheritance, and effects at the change of the day."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from documents.papers import credentials_slip, meeting_notices
from documents.printing.core import Batch, batch_for
from dues.ledger.models import LedgerEntry
from dues.ledger.transitions import charge_new_year
from dues.payments.transitions import record_payment
from dues.rates.transitions import load_rates
from members.meetings.models import Meeting
from members.movement.models import Transfer
from members.movement.rules.transfers import check_arrival
from members.movement.transitions.organizations import move_organization
from members.people.transitions.registration import register_person
from members.reconciliation.models import Reconciliation
from registry import integrity
from registry.access import Actor
from registry.accounts.models import Appointment
from registry.accounts.rules.accounts import check_can_withdraw
from registry.accounts.transitions import accounts
from registry.enums import Level, Permission, Role
from registry.errors import NotAllowed
from registry.jobs import kinds, queue
from registry.jobs.work import Work
from registry.organizations.enums import OrganizationStatus, TimeZone
from registry.organizations.models import GoverningBody, Organization
from registry.organizations.rules.zones import of_region
from registry.organizations.transitions.lifecycle import open_organization
from registry.organizations.transitions.zones import set_time_zone
from registry.transitions import change
from tests.clock import at, moment
from tests.members import applicants, places
from tests.members.reconciliations import open_year
from tests.refusals import refused
from tests.registry import trees

pytestmark = pytest.mark.django_db
D = dt.date
KAMCHATKA, VLADIVOSTOK, KALININGRAD = TimeZone.KAMCHATKA, TimeZone.VLADIVOSTOK, TimeZone.KALININGRAD
#: The last evening of the year in Moscow, already the morning of the new year in Kamchatka and Vladivostok.
EVE = "2040-12-31T23:30"
#: Half past midnight on New Year in Moscow, still the old year in Kaliningrad.
NIGHT = "2041-01-01T00:30"
#: Half past midnight on New Year in Vladivostok.
NIGHT_IN_VLADIVOSTOK = "2040-12-31T17:30"
LAST, FIRST = D(2040, 12, 31), D(2041, 1, 1)
PLAN: dict[str, Any] = {"held_on": FIRST, "starts_at": dt.time(11), "format": "in_person"}


def there(organization: Organization, zone: str) -> Organization:
    """Return the organisation, moved to the time zone."""
    set_time_zone(organization.pk, time_zone=zone, by=trees.INSTALLATION)
    return trees.again(organization)


def moved(place: places.Place, zone: str) -> places.Place:
    """Move the region of the place to the time zone and return the place."""
    there(place.region, zone)
    place.region, place.keeper = trees.again(place.region), trees.again(place.keeper)
    for actor in (place.chair, place.region_chair):
        assert actor.appointment is not None
        actor.appointment.organization = trees.again(actor.appointment.organization)
    return place


# The day of an organisation


@pytest.mark.parametrize(
    ("zone", "now", "day"),
    [
        ("", EVE, LAST),
        (TimeZone.MOSCOW, EVE, LAST),
        (KAMCHATKA, EVE, FIRST),
        (VLADIVOSTOK, EVE, FIRST),
        (KALININGRAD, EVE, LAST),
        (KALININGRAD, NIGHT, LAST),
        (KALININGRAD, "2041-01-01T01:00", FIRST),
        (VLADIVOSTOK, "2040-12-31T16:59", LAST),
        (VLADIVOSTOK, "2040-12-31T17:00", FIRST),
        (KAMCHATKA, "2040-12-31T14:59", LAST),
        (KAMCHATKA, "2040-12-31T15:00", FIRST),
    ],
)
def test_an_organization_has_the_day_of_its_time_zone(zone: str, now: str, day: dt.date) -> None:
    with at(now):
        assert Organization(zone=zone).today == day


def test_each_time_zone_is_as_far_from_moscow_as_its_name_says() -> None:
    moscow = moment(EVE).astimezone(ZoneInfo("Europe/Moscow")).utcoffset()
    with translation.override("en"):
        for zone in TimeZone:
            away = moment(EVE).astimezone(ZoneInfo(zone)).utcoffset() - moscow  # type: ignore[operator]
            hours = int(away.total_seconds() // 3600)
            sign = "−" if hours < 0 else "+"
            assert (f"(Moscow {sign}{abs(hours)})" in str(zone.label)) is (zone != TimeZone.MOSCOW)


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Камчатская краевая организация", KAMCHATKA),
        ("Приморская РО ВОИ", VLADIVOSTOK),
        ("Организация Республики Саха (Якутия)", TimeZone.YAKUTSK),
        ("Сахалинская областная организация", TimeZone.MAGADAN),
        ("Омская областная организация", TimeZone.OMSK),
        ("Томская областная организация", TimeZone.KRASNOYARSK),
        ("КАЛИНИНГРАДСКАЯ РО", KALININGRAD),
        ("РО ВОИ ХМАО — Югры", TimeZone.YEKATERINBURG),
        ("Костромская областная организация", ""),
        ("Московская городская организация", ""),
        ("Тульская РО", ""),
    ],
)
def test_the_name_of_a_region_tells_its_time_zone(name: str, zone: str) -> None:
    assert of_region(name) == zone


# Inheritance


def tree() -> tuple[Organization, Organization, Organization, Organization]:
    """Create a head, a region, a local organisation and a cell of a society."""
    head = trees.head("voi")
    region = trees.below(head, Level.REGIONAL, "Тульская РО ВОИ")
    local = trees.below(region, Level.LOCAL, "Заречная МО ВОИ")
    return head, region, local, trees.below(local, Level.PRIMARY, "ПО № 1")


def zones(*organizations: Organization) -> list[str]:
    return [trees.again(organization).zone for organization in organizations]


def faults() -> list[str]:
    return dict(integrity.run())["Path, level and time zone of an organisation agree with its superior, without cycles"]


def test_n_h3_a_new_region_takes_the_time_zone_of_its_name_and_all_below_inherit_it() -> None:
    head = trees.head("voi")
    region = trees.below(head, Level.REGIONAL, "Камчатская РО ВОИ")
    local = trees.below(region, Level.LOCAL, "Омская улица")
    chosen = trees.below(head, Level.REGIONAL, "Приморская РО ВОИ", time_zone=TimeZone.MAGADAN)
    assert [o.time_zone for o in (head, region, local, chosen)] == ["", KAMCHATKA, "", TimeZone.MAGADAN]
    assert zones(head, region, local, chosen) == ["", KAMCHATKA, KAMCHATKA, TimeZone.MAGADAN]
    with refused("N-H3", field="time_zone"):
        trees.below(head, Level.REGIONAL, time_zone="Europe/Paris")
    assert faults() == []


def test_n_h3_a_time_zone_is_inherited_down_to_organizations_with_their_own() -> None:
    head, region, local, cell = tree()
    neighbour = trees.below(region, Level.LOCAL)
    there(local, TimeZone.IRKUTSK)
    there(cell, TimeZone.OMSK)
    assert zones(head, region, neighbour, local, cell) == ["", "", "", TimeZone.IRKUTSK, TimeZone.OMSK]
    there(region, KAMCHATKA)
    assert zones(head, region, neighbour, local, cell) == [
        "", KAMCHATKA, KAMCHATKA, TimeZone.IRKUTSK, TimeZone.OMSK,
    ]  # fmt: skip
    there(cell, "")
    there(local, "")
    assert zones(local, cell) == [KAMCHATKA, KAMCHATKA]
    assert faults() == []
    Organization.objects.filter(pk=cell.pk).update(zone=TimeZone.OMSK)
    assert faults() == [f"organisation {cell.pk}: zone 'Asia/Omsk', should be 'Asia/Kamchatka'"]


def test_n_h3_a_moved_organization_goes_by_its_new_superior() -> None:
    head, _region, local, cell = tree()
    far = trees.below(head, Level.REGIONAL, "Приморская РО ВОИ")
    move_organization(local.pk, far.pk, on=timezone.localdate(), by=trees.INSTALLATION)
    assert zones(local, cell) == [VLADIVOSTOK, VLADIVOSTOK]
    assert faults() == []


def test_n_h3_only_superiors_set_a_time_zone_and_the_administrator_that_of_the_head() -> None:
    head, region, local, _cell = tree()
    chair, regional, federal = trees.officer(local), trees.officer(region), trees.officer(head)
    administrator = trees.officer(head, Role.ADMINISTRATOR)
    for officer, organization in [(chair, local), (regional, region), (federal, head)]:
        with pytest.raises(NotAllowed):
            set_time_zone(organization.pk, time_zone=KAMCHATKA, by=officer)
    with pytest.raises(Organization.DoesNotExist):
        set_time_zone(region.pk, time_zone=KAMCHATKA, by=chair)
    with refused("N-H3", field="time_zone"):
        set_time_zone(local.pk, time_zone="Europe/Paris", by=regional)
    assert zones(head, region, local) == ["", "", ""]
    assert set_time_zone(local.pk, time_zone=KAMCHATKA, by=regional).zone == KAMCHATKA
    assert set_time_zone(head.pk, time_zone=TimeZone.SAMARA, by=administrator).zone == TimeZone.SAMARA
    assert zones(head, region, local) == [TimeZone.SAMARA, TimeZone.SAMARA, KAMCHATKA]
    Organization.objects.filter(pk=local.pk).update(status=OrganizationStatus.ENDED, ended_on=D(2020, 1, 1))
    with refused("N-H3"):
        set_time_zone(local.pk, time_zone="", by=regional)


def test_n_h3_setting_a_time_zone_costs_the_same_however_many_inherit_it(
    django_assert_num_queries: Any,
) -> None:
    _head, region, local, _cell = tree()
    region_chair = trees.officer(region)
    with CaptureQueriesContext(connection) as few:
        set_time_zone(local.pk, time_zone=KAMCHATKA, by=region_chair)
    for _ in range(5):
        trees.below(local, Level.PRIMARY)
    with django_assert_num_queries(len(few)):
        set_time_zone(local.pk, time_zone=VLADIVOSTOK, by=region_chair)


def test_n_h3_the_superior_sets_it_on_a_page_that_suggests_the_region_s() -> None:
    head, region, local, _cell = tree()
    Organization.objects.filter(pk=region.pk).update(short_name="Камчатская РО ВОИ", full_name="Камчатская РО ВОИ")
    federal = places.signed_in(trees.officer(head))
    address = reverse("organizations:time_zone", args=[region.pk])
    assert federal.get(address).context["form"].initial == {"time_zone": KAMCHATKA}
    assert federal.post(address, {"time_zone": "Europe/Paris"}).status_code == 200
    assert zones(region, local) == ["", ""]
    assert federal.post(address, {"time_zone": KAMCHATKA}).status_code == 302
    assert zones(region, local) == [KAMCHATKA, KAMCHATKA]
    chair = places.signed_in(trees.officer(region))
    assert chair.get(address).status_code == 403
    shown = chair.get(reverse("organizations:detail", args=[local.pk])).content.decode()
    assert "камчатское время (МСК+9)" in shown


# Effects


def filed(place: places.Place, day: dt.date) -> None:
    stated = {"filed_on": day, "acquainted_on": day, "consent_signed_on": day}
    applicants.apply(place, stated=stated)


@pytest.mark.parametrize(
    ("zone", "now", "today", "tomorrow"),
    [
        (VLADIVOSTOK, NIGHT_IN_VLADIVOSTOK, FIRST, D(2041, 1, 2)),
        (KAMCHATKA, EVE, FIRST, D(2041, 1, 2)),
        (KALININGRAD, NIGHT, LAST, FIRST),
        ("", EVE, LAST, FIRST),
    ],
)
def test_v_a4_an_application_of_today_is_not_in_the_future(
    zone: str, now: str, today: dt.date, tomorrow: dt.date
) -> None:
    place = moved(places.voi(), zone)
    with at(now):
        filed(place, today)
        with refused("V-A4", field="filed_on"):
            filed(place, tomorrow)


@pytest.mark.parametrize("by", ["chair", "system"])
def test_v_a4_the_day_is_that_of_the_record_for_every_actor(by: str) -> None:
    place = moved(places.voi(), VLADIVOSTOK)
    if by == "system":
        place.chair = Actor.system("a command")
    with at(NIGHT_IN_VLADIVOSTOK), timezone.override("Europe/Kaliningrad"):
        filed(place, FIRST)
        assert timezone.localdate() == LAST


def test_v_d1_a_payment_is_of_the_organization_s_day() -> None:
    place = moved(places.voi(), VLADIVOSTOK)
    member = place.put()
    given: dict[str, Any] = {"fee": "annual", "year": 2041, "amount": Decimal("50.00"), "paper": "ПКО № 1"}
    with at(NIGHT_IN_VLADIVOSTOK):
        charge_new_year(place.keeper.pk, 2041, by=place.chair)
        with refused("V-D1", field="made_on"):
            record_payment(member.pk, key=str(uuid.uuid4()), made_on=D(2041, 1, 2), by=place.chair, **given)
        record_payment(member.pk, key=str(uuid.uuid4()), made_on=FIRST, by=place.chair, **given)
    assert list(LedgerEntry.objects.filter(kind="payment").values_list("made_on", flat=True)) == [FIRST]


def test_a_change_goes_by_the_organization_that_it_asks_about() -> None:
    head = trees.head("voi")
    east, west = (trees.below(head, Level.REGIONAL, time_zone=zone) for zone in (KAMCHATKA, KALININGRAD))
    with at(EVE), timezone.override("Asia/Omsk"):
        with change(by=trees.officer(east), rule="", event="x") as act:
            act.silent = True
            days = [act.today]
            act.require(Permission.VIEW_MEMBERS, east)
            days.append(act.today)
            act.at(west)
            days += [act.today, timezone.localdate()]
        assert days == [FIRST, FIRST, LAST, LAST]
        with change(by=trees.INSTALLATION, rule="", event="x") as act:
            act.silent = True
            assert act.today == FIRST
        assert timezone.get_current_timezone_name() == "Asia/Omsk"


def test_n_h3_a_superior_in_moscow_opens_an_organization_on_the_day_that_it_is_there() -> None:
    head = trees.head("voi")
    region = trees.below(head, Level.REGIONAL, "Камчатская РО ВОИ", status=OrganizationStatus.FORMING)
    with at(EVE):
        federal = trees.officer(head)
        with refused("N-H3", field="on"):
            open_organization(region.pk, on=D(2041, 1, 2), by=federal)
        browser = places.signed_in(federal)
        address = reverse("organizations:open", args=[region.pk])
        assert browser.get(address).context["form"].initial == {"on": FIRST}
        assert browser.post(address, {"on": "01.01.2041"}).status_code == 302
    assert trees.again(region).founded_on == FIRST


def test_n_h2_an_appointment_begins_and_ends_with_the_days_of_its_organization() -> None:
    head = trees.head("voi")
    east, west = (trees.below(head, Level.REGIONAL, time_zone=zone) for zone in (KAMCHATKA, KALININGRAD))
    held = {}
    for name, organization, starts_on, ends_on in [
        ("begins", east, FIRST, None), ("ended", east, D(2040, 1, 1), LAST),
        ("to come", west, FIRST, None), ("ends", west, D(2040, 1, 1), LAST),
    ]:  # fmt: skip
        held[name] = Appointment.objects.create(
            account=trees.account(organization), organization=organization, role=Role.REGISTRAR,
            starts_on=starts_on, ends_on=ends_on,
        )  # fmt: skip

    def named(rows: Any) -> set[str]:
        found = set(rows.values_list("pk", flat=True))
        return {name for name, appointment in held.items() if appointment.pk in found}

    for now in (EVE, NIGHT):
        with at(now):
            assert named(Appointment.objects.current()) == {"begins", "ends"}
            assert named(Appointment.objects.not_over()) == {"begins", "to come", "ends"}
            actor = Actor.of(held["begins"].account)
            assert actor.appointment == held["begins"]
            check_can_withdraw(held["begins"])
            with refused("N-H2"):
                check_can_withdraw(held["ended"])
    with at("2041-01-01T12:00"):
        assert named(Appointment.objects.current()) == {"begins", "to come"}


def test_n_h2_a_superior_appoints_from_today_there() -> None:
    head = trees.head("voi")
    region = trees.below(head, Level.REGIONAL, "Камчатская РО ВОИ")
    person = trees.account(region)
    with at(EVE):
        federal = trees.officer(head)
        address = f"{reverse('accounts:appoint', args=[person.pk])}?organization={region.pk}"
        assert places.signed_in(federal).get(address).context["form"].initial["starts_on"] == FIRST
        with refused("N-H2", field="ends_on"):
            accounts.appoint(
                person.pk, organization_id=region.pk, role=Role.REGISTRAR, starts_on=LAST, ends_on=LAST, by=federal
            )


def test_v_a4_a_form_offers_the_day_of_the_chair_s_organization_and_nothing_stays_behind() -> None:
    place = moved(places.voi(), VLADIVOSTOK)
    with at(NIGHT_IN_VLADIVOSTOK):
        page = places.signed_in(place.chair).get(reverse("applications:add"))
        assert page.context["form"]["filed_on"].value() == FIRST
        assert timezone.get_current_timezone_name() == settings.TIME_ZONE


def test_a_page_costs_as_much_in_one_time_zone_as_in_another(django_assert_num_queries: Any) -> None:
    place = places.voi()
    address = reverse("organizations:detail", args=[place.keeper.pk])
    with at(EVE):
        browser = places.signed_in(place.chair)
        browser.get(address)
        with CaptureQueriesContext(connection) as here:
            assert browser.get(address).status_code == 200
        there(place.region, KAMCHATKA)
        with django_assert_num_queries(len(here)):
            assert browser.get(address).status_code == 200


# Daily work


def test_v_d1_the_year_is_charged_when_it_begins_there(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds.discover()
    monkeypatch.setattr(kinds, "_DAILY_THERE", dict.fromkeys(kinds._DAILY_THERE, dt.date.min))
    head = trees.head("voi")
    with at("2040-06-01"):
        names = {KAMCHATKA: "Камчатская РО", TimeZone.MOSCOW: "Московская РО", KALININGRAD: "Калининградская РО"}
        load_rates(head.federation, by=trees.INSTALLATION)
        for number, (zone, name) in enumerate(names.items()):
            region = trees.below(head, Level.REGIONAL, name, time_zone=zone)
            keeper = trees.below(region, Level.LOCAL)
            own = {"surname": f"Абрамова{'абв'[number]}", "snils": "", "ticket_number": str(number)}
            values = {**places.VOI_PERSON, **own}
            register_person(organization=keeper, values=values, by=trees.INSTALLATION)

    def charged() -> list[str]:
        found = LedgerEntry.objects.filter(kind="charge", fee="annual", year=2041)
        return sorted(found.values_list("organization__zone", flat=True))

    for now, expected in [
        ("2040-12-31T14:59", []),
        ("2040-12-31T15:00", [KAMCHATKA]),
        ("2041-01-01T00:00", [KAMCHATKA, TimeZone.MOSCOW]),
        ("2041-01-01T00:59", [KAMCHATKA, TimeZone.MOSCOW]),
        ("2041-01-01T01:00", [KAMCHATKA, KALININGRAD, TimeZone.MOSCOW]),
    ]:
        with at(now):
            kinds.run_daily_there(timezone.now())
            kinds.run_steps()
            assert charged() == sorted(expected)


def test_v_d1_the_command_charges_each_organization_its_own_year() -> None:
    place = moved(places.voi(), KAMCHATKA)
    with at("2040-06-01"):
        place.put()
    said = StringIO()
    with at(EVE):
        call_command("charge_year", stdout=said)
    assert LedgerEntry.objects.filter(kind="charge", fee="annual", year=2041).count() == 1
    assert said.getvalue() == "Charged for 2040: 0.\nCharged for 2041: 1.\n"


def test_v_b8_a_reconciliation_is_opened_on_the_day_there() -> None:
    place = moved(places.voi(), KAMCHATKA)
    place.put(cell=place.cells[0].pk)
    with at("2040-11-30T23:30"):
        assert open_year(2040, today=D(2040, 12, 1), zone="", by=trees.INSTALLATION) == 0
        assert open_year(2040, today=D(2040, 12, 1), zone=KAMCHATKA, by=trees.INSTALLATION) == 1
    assert Reconciliation.objects.get().opened_on == D(2040, 12, 1)


def test_daily_work_is_done_once_a_day_in_every_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[dt.date, str, dt.date]] = []
    monkeypatch.setattr(kinds, "_DAILY_THERE", {})
    kinds.daily_there(lambda today, zone: done.append((today, zone, timezone.localdate())))
    for hour in range(48):
        with at(moment("2040-12-31T00:30") + dt.timedelta(hours=hour)):
            kinds.run_daily_there(timezone.now())
    assert [today for today, _zone, _now in done] == [now for _today, _zone, now in done]
    for zone in ("", *TimeZone.values):
        days = [day for day, where, _now in done if where == zone]
        assert days == [days[0] + dt.timedelta(days=count) for count in range(len(days))]
        assert {LAST, FIRST} <= set(days)


def test_a_job_goes_by_the_days_of_its_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    place = moved(places.voi(), KAMCHATKA)
    seen = []

    def run(work: Work) -> None:
        seen.append(timezone.localdate())

    monkeypatch.setitem(kinds._KINDS, "test.day", kinds.Kind(run, "Day"))
    with at(EVE):
        job = queue.start_job("test.day", {}, by=place.chair)
        queue.run_job.call(str(job.pk))
        assert seen == [FIRST]
        assert timezone.localdate() == LAST


def test_u5_a_list_brought_by_the_command_line_goes_by_the_organization_s_day(tmp_path: Path) -> None:
    place = moved(places.union(), VLADIVOSTOK)
    path = tmp_path / "list.csv"
    heading = "Фамилия;Имя;Отчество;Дата рождения;Дата вступления"
    path.write_text(f"{heading}\nКим;Анна;Ивановна;02.03.1980;01.01.2041\nЛи;Ада;Ивановна;02.03.1981;02.01.2041\n")
    given = ["--federation", place.head.federation.code, "--organization", place.keeper.code, "--dry-run"]
    said = StringIO()
    with at(NIGHT_IN_VLADIVOSTOK):
        call_command("import_members", str(path), *given, stdout=said)
    joined = [line.strip() for line in said.getvalue().splitlines() if line.strip().startswith("Дата вступления в")]
    assert joined == ["Дата вступления в Профсоюз: 01.01.2041"]
    assert said.getvalue().count("Дата ещё не наступила") == 1


# Papers


def test_papers_carry_the_day_of_their_organization() -> None:
    place = moved(places.voi(), KAMCHATKA)
    federal = trees.officer(place.head)
    with at(EVE):
        assert batch_for(federal, place.keeper).today == FIRST
        assert batch_for(federal, place.head).today == LAST
        printed = meeting_notices.common(
            "agenda", Meeting(organization=place.keeper, body=GoverningBody(name="Совет"), **PLAN)
        )
        assert printed["printed"] == "01.01.2041"


def test_u2_a_one_time_password_is_valid_until_the_day_that_it_is_at_its_owner_s() -> None:
    head = trees.head("voi")
    region = trees.below(head, Level.REGIONAL, "Камчатская РО ВОИ")
    with at(EVE):
        federal = trees.officer(head)
        person = {"surname": "Новиков", "given_name": "Пётр"}
        account, password = accounts.create_account(
            organization_id=region.pk, person=person, role=Role.CHAIR, starts_on=FIRST, by=federal
        )
        batch = Batch(head, frozenset(), head.today)
        (sheet,) = credentials_slip.build([(account, password)], federal, batch)
        days = dt.timedelta(days=settings.ONE_TIME_PASSWORD_DAYS)
        assert sheet["slips"][0]["valid_until"] == FIRST + days
        page = places.signed_in(federal).get(reverse("accounts:detail", args=[account.pk]))
        assert f"{FIRST + days:%d.%m.%Y}" in page.content.decode()


def test_v_b9_nobody_arrives_on_a_day_that_has_not_begun_there() -> None:
    place = moved(places.voi(), KALININGRAD)
    transfer = Transfer(source=place.head, started_on=D(2040, 12, 1))
    with at(NIGHT), timezone.override(place.keeper.tz):
        check_arrival(transfer, place.keeper, LAST)
        with refused("V-B9", field="on"):
            check_arrival(transfer, place.keeper, FIRST)
