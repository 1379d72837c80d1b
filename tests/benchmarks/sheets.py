"""Thousands of sheets by one job: consents, and cards with and without photographs (issue G).

Each print runs in a separate process, like a worker. Wall time, processor time and peak memory include the processes
that lay out the sheets.
"""

from __future__ import annotations

import argparse
import time

from documents.printing.packing import MAX_PAGES
from members.people.models import Member
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.jobs.models import Job
from registry.jobs.queue import run_job, start_job

from . import papers
from .cards import made_photograph
from .measure import apart, say, table
from .papers import MEGABYTES, Memory, chair_of, seconds

#: Maximum seconds for a thousand sheets on two cores.
CONSENTS_SECONDS, CARDS_SECONDS = 15, 20
#: Login of the printing chair, form, whether with photographs, seconds for a thousand.
PRINTS = (
    ("chair", "consent", False, CONSENTS_SECONDS),
    ("teacher", "consent", False, CONSENTS_SECONDS),
    ("chair", "member_card", False, CARDS_SECONDS),
    ("teacher", "member_card", False, CARDS_SECONDS),
    ("teacher", "member_card", True, CARDS_SECONDS),
    ("chair", "questionnaire", True, CARDS_SECONDS),
)
_HEADS = ("print", "sheets", "wall, s", "processor, s", "ms a sheet", "at most, s", "peak, MB", "of it others", "")


def run(options: argparse.Namespace) -> int:
    """Print the forms for `options.sheets` people each; return the number of figures that exceed limits."""
    apart(papers.__name__, "build", options.sheets)
    say(f"{options.sheets} people, {MAX_PAGES} pages in a file at most")
    rows = []
    for login, code, with_photographs, limit in PRINTS:
        apart(__name__, "take_photographs" if with_photographs else "remove_photographs", login)
        rows.append(apart(__name__, "printed", login, code, options.sheets, limit))
    table(_HEADS, rows)
    return sum(1 for row in rows if row[-1])


def remove_photographs(login: str) -> None:
    """Remove the photographs of the members of the chair's organisation."""
    Member.objects.filter(organization=chair_of(login)[0]).update(photo=None)


def take_photographs(login: str) -> None:
    """Give each member of the chair's organisation a different photograph."""
    keeper, _chair = chair_of(login)
    photograph = made_photograph()
    members = list(Member.objects.filter(organization=keeper, photo=None))
    for member in members:
        member.photo = storage.store_file(
            photograph, purpose=FilePurpose.PHOTO, name="photo.jpg", content_type="image/jpeg", organization=keeper
        )
    Member.objects.bulk_update(members, ["photo"], batch_size=500)


def printed(login: str, code: str, count: int, limit: float) -> tuple[str, ...]:
    """Print the form for the members of the chair's organisation, and return the figures."""
    keeper, chair = chair_of(login)
    ids = list(Member.objects.filter(organization=keeper).values_list("pk", flat=True)[:count])
    name = f"{keeper.charter.key} {code}"
    if Member.objects.filter(organization=keeper, photo__isnull=False).exists():
        name += " with photographs"
    memory = Memory()
    memory.start()
    begun, before = time.perf_counter(), seconds()
    job = start_job("documents.print", {"form": code, "ids": ids, "by_hand": True}, by=chair)
    run_job.func(str(job.pk))
    wall, spent = time.perf_counter() - begun, seconds() - before - memory.spent
    summary = Job.objects.get(pk=job.pk).summary
    most = limit * count / 1000
    faults = ("SLOW" if wall > most else "", "LARGE" if memory.most > MEGABYTES else "")
    return (
        name, str(summary.get("people")), f"{wall:.1f}", f"{spent:.1f}", f"{spent * 1000 / max(count, 1):.1f}",
        f"{most:.1f}", f"{memory.most:.0f}", f"{memory.others:.0f}", " ".join(filter(None, faults)),
    )  # fmt: skip
