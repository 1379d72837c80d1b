"""Results of jobs: large ones are read and sent in pieces, small ones whole (U-6)."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.urls import reverse

from registry.access import Actor
from registry.files import storage
from registry.jobs import kinds, queue
from registry.jobs.models import Job
from registry.jobs.work import Work
from registry.journal.models import Event
from tests.members import places
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def chair() -> Actor:
    return trees.officer(trees.head())


def made(chair: Actor, data: bytes, monkeypatch: pytest.MonkeyPatch) -> Job:
    def run(work: Work) -> None:
        work.finish(io.BytesIO(data), name="x.zip", content_type="application/zip")

    monkeypatch.setitem(kinds._KINDS, "tests.large", kinds.Kind(run, "x"))
    job = queue.start_job("tests.large", {}, by=chair)
    queue.run_job.call(str(job.pk))
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("streamed", [True, False])
def test_a_result_is_the_same_whole_and_in_pieces(
    chair: Actor, monkeypatch: pytest.MonkeyPatch, streamed: bool
) -> None:
    data = bytes(range(256)) * 8_000
    monkeypatch.setattr(storage, "LARGE", len(data) - 1 if streamed else len(data))
    job = made(chair, data, monkeypatch)
    client: Client = places.signed_in(chair)
    answer = client.get(reverse("jobs:result", args=[job.pk]))
    got = b"".join(answer) if answer.streaming else answer.content
    assert (answer.streaming, got, answer["Content-Length"]) == (streamed, data, str(len(data)))
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/zip", 'attachment; filename="x.zip"',
    )  # fmt: skip
    assert "no-store" in answer["Cache-Control"]
    assert Event.objects.filter(action="job.result_fetched").count() == 1


def test_a_large_result_that_is_gone_says_so(chair: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "LARGE", 1)
    job = made(chair, b"data", monkeypatch)
    assert job.result is not None
    storage.delete_file(job.result)
    answer = places.signed_in(chair).get(reverse("jobs:result", args=[job.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("jobs:detail", args=[job.pk]))
