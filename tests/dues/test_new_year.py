"""The charge of a new year by workers that begin at the same moment (V-D1)."""

from __future__ import annotations

import datetime as dt

import pytest

from dues.ledger import jobs
from dues.ledger.jobs import charge_years
from dues.ledger.models import LedgerEntry
from dues.ledger.queries.figures import uncharged_organizations
from dues.ledger.transitions import charge_new_year
from members.people.transitions.registration import register_person
from registry.enums import Level
from registry.jobs import kinds
from registry.journal.models import Event
from tests.clock import at
from tests.members import places
from tests.registry import trees

FIRST = dt.date(2040, 1, 1)
KEEPERS = 4


@pytest.fixture
def keepers(db: None) -> list[int]:
    """The ids of organisations, each with a member registered in the year before."""
    place = places.voi()
    found = [place.keeper, *(trees.below(place.region, Level.LOCAL, f"МО № {n}") for n in range(1, KEEPERS))]
    with at("2039-12-01T12:00"):
        for number, keeper in enumerate(found):
            own = {"surname": f"Абрамова{'абвг'[number]}", "snils": "", "ticket_number": str(number)}
            register_person(organization=keeper, values=places.VOI_PERSON | own, by=trees.INSTALLATION)
    return [keeper.pk for keeper in found]


def charged() -> list[int]:
    """Return the organisation of each charge of the year."""
    entries = LedgerEntry.objects.filter(kind="charge", fee="annual", year=FIRST.year)
    return sorted(entries.values_list("organization", flat=True))


@pytest.mark.both
def test_v_d1_two_workers_charge_each_organisation_once(keepers: list[int]) -> None:
    with at("2040-01-01T12:00"):
        first, second = charge_years(FIRST), charge_years(FIRST)
        for _step in keepers:
            next(first, None)
            next(second, None)
        list(first)
        list(second)
    assert charged() == sorted(keepers)
    assert Event.objects.filter(action="dues.year_charged").count() == len(keepers)


def test_v_d1_an_organisation_that_is_charged_meanwhile_is_left_out(
    keepers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def charge(pk: int, **values: object) -> int:
        asked.append(pk)
        return charge_new_year(pk, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "charge_new_year", charge)
    monkeypatch.setattr(kinds, "SHARED", 1)
    with at("2040-01-01T12:00"):
        assert sorted(uncharged_organizations(FIRST.year, known_before=FIRST)) == sorted(keepers)
        late = charge_years(FIRST)
        next(late)
        assert len(asked) == 1
        list(charge_years(FIRST))
        list(late)
    assert sorted(asked) == sorted(keepers)


def test_v_d1_one_organisation_that_fails_does_not_keep_the_others_from_their_charge(
    keepers: list[int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def charge(pk: int, **values: object) -> int:
        if pk == keepers[1]:
            raise ValueError
        return charge_new_year(pk, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "charge_new_year", charge)
    with at("2040-01-01T12:00"):
        list(charge_years(FIRST))
        assert uncharged_organizations(FIRST.year, among=keepers) == [keepers[1]]
        assert uncharged_organizations(FIRST.year, among=[keepers[0]]) == []
    assert charged() == sorted({*keepers} - {keepers[1]})
    assert caplog.messages == [f"charge_years failed for {keepers[1]}"]
