"""Print jobs respect what their owner may read when they run: closed cards, ended appointments (N-C1, N-H1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.consents.transitions.consents import mark_signed
from documents.consents.transitions.withdrawals import block_card, register_withdrawal
from documents.printing.models import PrintRecord
from members.people.models import Member
from registry.accounts.models import Appointment
from registry.accounts.transitions import accounts
from registry.enums import Role
from registry.files.models import StoredFile
from registry.jobs.models import Job
from registry.jobs.queue import run_job, start_job
from registry.journal.models import Event
from tests.documents.pdfs import text_of
from tests.members import places
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def place() -> places.Place:
    return places.voi()


def two(place: places.Place) -> list[Member]:
    others = {"snils": "", "ticket_number": "", "confirmed_duplicate": True}
    return [place.put(surname="Открытова"), place.put(surname="Закрытова", **others)]


def closed(place: places.Place, member: Member) -> None:
    today = timezone.localdate()
    mark_signed(member.pk, signed_on=today, by_hand=True, by=place.chair)
    given = {"purposes": ["processing"], "received_on": today, "channel": "hand", "by": place.chair}
    block_card(register_withdrawal(member.pk, **given).pk, by=place.chair)


def kinds(place: places.Place, ids: list[int]) -> dict[str, dict[str, Any]]:
    return {
        "documents.print": {"form": "member_card", "ids": ids},
        "documents.print_list": {"place": place.keeper.pk, "ids": ids, "columns": [], "filters": {}, "code": "123"},
    }


@pytest.mark.parametrize("kind", ["documents.print", "documents.print_list"])
def test_n_c1_a_card_that_is_closed_while_the_job_waits_is_neither_printed_nor_recorded(
    place: places.Place, run_jobs: Any, kind: str
) -> None:
    members = two(place)
    ids = [one.pk for one in members]
    job = start_job(kind, kinds(place, ids)[kind], by=place.chair)
    closed(place, members[1])
    run_jobs()
    shown = places.signed_in(place.chair).get(reverse("jobs:result", args=[job.pk]))
    text = text_of(b"".join(shown)).upper()  # type: ignore[arg-type]
    assert ("ОТКРЫТОВ" in text, "ЗАКРЫТОВ" in text) == (True, False)
    if kind == "documents.print":
        assert list(PrintRecord.objects.values_list("member", flat=True)) == [ids[0]]
    else:
        assert Event.objects.get(action="members.list_printed").facts["count"] == 1


@pytest.mark.parametrize("way", ["ended", "blocked"])
def test_n_h1_a_job_of_somebody_whose_rights_ended_meanwhile_prints_nothing(place: places.Place, way: str) -> None:
    ids = [one.pk for one in two(place)]
    by = trees.officer(place.keeper, Role.REGISTRAR, "Бывшая")
    assert by.account is not None and by.appointment is not None
    for kind, params in kinds(place, ids).items():
        start_job(kind, params, by=by)
    if way == "ended":
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        Appointment.objects.filter(pk=by.appointment.pk).update(ends_on=yesterday)
    else:
        accounts.block_account(by.account.pk, reason="?", by=place.chair)
    for job in Job.objects.all():
        run_job.call(str(job.pk))
    assert list(Job.objects.values_list("state", "result")) == [("failed", None)] * 2
    assert not PrintRecord.objects.exists()
    assert not StoredFile.objects.exists()


def test_n_h1_a_colleague_finds_neither_the_job_nor_its_result(place: places.Place, run_jobs: Any) -> None:
    job = start_job("documents.print", kinds(place, [two(place)[0].pk])["documents.print"], by=place.chair)
    run_jobs()
    colleague = places.signed_in(trees.officer(place.keeper, Role.DEPUTY, "Вторая"))
    for name in ("jobs:detail", "jobs:result"):
        address = reverse(name, args=[job.pk])
        assert (name, colleague.get(address).status_code) == (name, 404)
        assert (name, places.signed_in(place.chair).get(address).status_code) == (name, 200)
