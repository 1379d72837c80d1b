"""`check_integrity --organization` checks the records of one organisation without reading those of others (N-H1)."""

from __future__ import annotations

import re
from inspect import signature
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.consents.transitions.consents import mark_signed
from members.people.models import Member
from registry import integrity
from registry.integrity import _CHECKS
from registry.organizations.models import Organization
from tests.house.test_integrity_finds import TODAY, damage
from tests.members import applicants, places, sessions

pytestmark = pytest.mark.django_db

#: Checks that can only look at the whole registry, each with the reason.
WHOLE = {
    "Append-only tables are guarded by the database": "guards of tables",
    "Entries, history and records of destruction are as the registry wrote them": "evidence of tables",
    "No number of a blank is received twice in a federation": "between organisations",
    "The bonus programme receives data of members who consented, and of nobody else": "by federation",
    "What was destroyed after a withdrawal is neither on the card nor in its history": "few in all",
    "Consents and withdrawals are as their history says": "rows that are gone have no organisation",
    "A sent order of electronic cards is unchanged": "between organisations",
    "A valid electronic card belongs to a present member": "between organisations",
    "Requests agree with their members, cards and orders": "between organisations",
    "A card in transit is still recorded at its giver": "between organisations",
    "Blocked and destroyed electronic cards have a date": "between organisations",
    "A list that is being read has its file and an open job": "few in all",
    "The state of a remark is that of the latest step of its trail": "few in all",
    "The term of a remark is the one that its trail set last": "few in all",
    "Only a remark on many cards names several members": "few in all",
    "The total of a report is its own figure and the totals of the reports that it lists": "between organisations",
    "A report that is handed in lists the accepted reports right below it": "between organisations",
    "No report is handed in before the reports right below it are accepted": "between organisations",
    "Reports are frozen where their campaign is closed, and nowhere else": "between organisations",
    "A figure that differs from the counted one has a reason": "few in all",
    "The entries of a posted payroll list come to the sum of its known people": "few in all",
    "A payroll list that is not posted has no valid entries, and its total is that of its lines": "few in all",
    "Cash orders are numbered without gaps, and what the cash desk moves has its order": "few in all",
    "The bank payments of money passed on have its sum, and are in the books of the sender and the receiver": (
        "between organisations"
    ),
    "What an organisation owes is claimed by the other, but for the money on the way": "between organisations",
    "A distribution is shared out to the kopeck, and posted in the books of both": "between organisations",
    "Money passed on is in the books of the sender, and in those of the receiver once confirmed": (
        "between organisations"
    ),
}
#: Damage to the records of an organisation (`{0}` is its id) → the finding.
DAMAGES = {
    "UPDATE members_registration SET ended_on = started_on, end_reason = 'death' WHERE organization_id = {0}": (
        "member N is on_account with N open registrations"
    ),
    "UPDATE registry_figures SET members = members + 1 WHERE organization_id = {0}": (
        "organisation N: members N, counted N"
    ),
    "UPDATE registry_figures SET applications = applications + 1 WHERE organization_id = {0}": (
        "organisation N: applications N, counted N"
    ),
    "UPDATE registry_figures SET last_book_line = 70 WHERE organization_id = {0}": (
        "organisation N: the last line of the book is N, the counter says N"
    ),
    "UPDATE registry_organization SET zone = 'Asia/Omsk' WHERE id = {0}": (
        "organisation N: zone 'Asia/Omsk', should be ''"
    ),
    "UPDATE members_member SET consent_state = 'none' WHERE consent_state = 'signed' AND organization_id = {0}": (
        "member N: a consent is signed, the card does not say so"
    ),
    "UPDATE members_member SET blocked_on = '2020-01-01' WHERE organization_id = {0}": (
        "member N is blocked without a withdrawal"
    ),
    "UPDATE dues_duesaccount SET advance = advance + 1 WHERE member_id IN"
    " (SELECT id FROM members_member WHERE organization_id = {0})": "account N: advance not as the entries say",
    "UPDATE dues_ledgerentry SET kind = 'payment' WHERE kind = 'charge' AND organization_id = {0}": (
        "entry N is booked on the wrong accounts"
    ),
    "DELETE FROM members_bookline WHERE unit_id = {0}": "member N stands in no book",
    "UPDATE registry_event SET action = 'nothing' WHERE number = 1 AND chain = {0}": (
        "chain N: event N does not agree with its digest"
    ),
}


def with_records(place: places.Place) -> places.Place:
    """Add a registered member with a signed consent, an admitted one and a waiting application to the place."""
    mark_signed(place.put().pk, signed_on=TODAY, by_hand=True, by=place.chair)
    sessions.decided(sessions.admission(place, [applicants.apply(place)]), place.chair)
    applicants.apply(place)
    return place


def found_in(organization: Organization) -> set[str]:
    """Return the findings without the ids of the records."""
    return {re.sub(r"\d+", "N", line) for _title, lines in integrity.run_for(organization) for line in lines}


@pytest.fixture
def two() -> tuple[places.Place, places.Place]:
    """Return a society and a union with the same records."""
    return with_records(places.voi()), with_records(places.union())


def test_checks_are_made_for_one_organisation_or_say_why_not() -> None:
    integrity.autodiscover_modules("integrity")
    assert {title for title, check in _CHECKS.items() if "scope" not in signature(check).parameters} == set(WHOLE)


@pytest.mark.parametrize("sql", DAMAGES)
def test_faults_of_an_organisation_are_found_there_and_above_alone(
    two: tuple[places.Place, places.Place], sql: str
) -> None:
    own, other = two
    assert [found_in(own.keeper), found_in(own.head), found_in(other.head)] == [set(), set(), set()]
    damage(sql.replace("{0}", str(own.keeper.pk)))
    assert DAMAGES[sql] in found_in(own.keeper)
    assert DAMAGES[sql] in found_in(own.head)
    assert found_in(other.head) == set()


def test_rows_of_other_organisations_are_not_read(two: tuple[places.Place, places.Place]) -> None:
    """Each statement has to name organisations or records by their ids."""
    with CaptureQueriesContext(connection) as captured:
        found_in(two[0].keeper)
    asked = [one["sql"] for one in captured if one["sql"].startswith("SELECT")]
    assert len(asked) > 50
    by_id = re.compile(
        r"json_each\(|= ANY\(|_id\" (= |IN \()\d|\"id\" (= \d|IN \(\d)|\"chain\" IN \(\d|\"key\" IN \(\d|LIKE '\d+/"
    )
    assert [sql for sql in asked if not by_id.search(sql)] == []


def test_the_command_checks_one_organisation(two: tuple[places.Place, places.Place]) -> None:
    own, other = two
    told = StringIO()
    call_command("check_integrity", organization=own.keeper.code, federation=own.head.federation.code, stdout=told)
    assert told.getvalue().endswith(
        "Files, guards, histories, and what organisations have of each other were not checked.\nEverything agrees.\n"
    )
    Member.objects.filter(organization=own.keeper).update(blocked_on=TODAY)
    with pytest.raises(CommandError, match="things are wrong"):
        call_command("check_integrity", organization=own.keeper.code, federation=own.head.federation.code, stdout=told)
    call_command("check_integrity", organization=other.keeper.code, federation=other.head.federation.code, stdout=told)
    with pytest.raises(CommandError, match="Several federations have an organisation"):
        call_command("check_integrity", organization=own.head.code, stdout=told)
    options: tuple[dict[str, Any], ...] = ({"files": True}, {"heads": Path("heads.json")})
    for whole in options:
        with pytest.raises(CommandError, match="leave out --organization"):
            call_command("check_integrity", organization=own.keeper.code, stdout=told, **whole)
    with pytest.raises(CommandError, match="no organisation with the code NOBODY"):
        call_command("check_integrity", organization="NOBODY", stdout=told)
