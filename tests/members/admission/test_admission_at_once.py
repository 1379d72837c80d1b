"""Many officers press the button at once, and one decision admits many people (V-A5, V-B1)."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dues.ledger.models import LedgerEntry
from members.admission.models import Application
from members.admission.transitions import admission
from members.meetings.models import AgendaItem
from members.people.models import Member
from registry.errors import Blocked
from registry.organizations.models import Figures
from registry.transitions import Act
from tests.members import applicants, places


def pressed_by_twenty(place: places.Place, item: AgendaItem) -> Counter[str]:
    """Return the responses to twenty officers who press «adopted» at the same moment, with their counts."""

    def press(_number: int) -> str:
        try:
            mine = AgendaItem.objects.select_related("meeting", "organization__federation").get(pk=item.pk)
            return "admitted" if applicants.admitted(mine, place.chair) else "nothing to do"
        except Blocked:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return Counter(pool.map(press, range(20)))


@pytest.mark.usefixtures("several_connections")
def test_v_a5_twenty_decisions_at_once_admit_once() -> None:
    place = places.voi()
    item = applicants.scheduled(place.keeper, [applicants.apply(place)])
    assert pressed_by_twenty(place, item) == {"admitted": 1, "nothing to do": 19}
    assert (Member.objects.count(), LedgerEntry.objects.count()) == (1, len(applicants.charged(applicants.days(2))))
    assert Figures.objects.get(organization=place.keeper).applications == 0


@pytest.mark.usefixtures("several_connections")
@pytest.mark.postgresql
def test_v_a5_without_the_lock_the_same_decision_is_taken_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    place = places.voi()
    item = applicants.scheduled(place.keeper, [applicants.apply(place)])

    two = threading.Barrier(2, timeout=30)

    def unlocked(_act: Act, of: AgendaItem) -> list[Application]:
        found = list(Application.objects.filter(item=of).order_by("pk"))
        with suppress(threading.BrokenBarrierError):
            two.wait()
        return found

    monkeypatch.setattr(admission, "_locked", unlocked)
    answers = pressed_by_twenty(place, item)
    # Behind the lock, the search for duplicates still prevents a second card.
    assert answers["refused"] > 0
    assert Member.objects.count() == 1


def queries_for(count: int) -> int:
    """Return the number of queries of a decision that admits `count` people.

    INSERT statements are not counted, because long ones are split on SQLite.
    """
    place = places.voi()
    item = applicants.scheduled(place.keeper, applicants.many(place, count))
    with CaptureQueriesContext(connection) as captured:
        assert len(applicants.admitted(item, place.chair)) == count
    return sum(not query["sql"].startswith("INSERT") for query in captured.captured_queries)


@pytest.mark.django_db
def test_v_b1_admitting_fifty_takes_no_more_queries_than_admitting_five() -> None:
    assert queries_for(50) == queries_for(5)
