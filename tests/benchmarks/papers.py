"""Speed of papers: every form of both charters and lists of many lines, printed by jobs.

Times are processor times of this process and of those that lay out the papers; on two idle cores a print takes half of
it.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.utils import timezone
from pypdf import PdfReader

from documents.ecards.models import CardRequest
from documents.papers import (
    blank_destruction_act,
    card_sheet,
    destruction,
    mail_register,
    reconciliation_report,
    write_off_act,
)
from documents.papers.list_pages import PAGES
from documents.printing.core import Batch, Form, Paper, batch_for, forms_of, render_long
from documents.tickets.models import BlankPaper
from documents.tickets.queries.printed import WrittenOff
from documents.tickets.ranges import NumberRange
from members.book.models import BookLine
from members.movement.models import DestructionRecord, Transfer
from members.people.columns import chosen
from members.people.models import Member
from members.people.transitions.registration import register_many
from members.reconciliation.models import ChangeProposal, Reconciliation
from registry.access import Actor
from registry.accounts.models import Account
from registry.demo.accounts import give
from registry.demo.tree import Founder
from registry.enums import Role
from registry.jobs.models import Job
from registry.jobs.queue import fetch_result, run_job, start_job
from registry.organizations.models import Organization, OrganizationPassport
from registry.organizations.transitions.charters import change_charter
from registry.organizations.transitions.founding import found_federation

from .measure import apart, say, table
from .organization import Place

#: Maximum seconds on two cores for 100 cards, and for 500 lines of a list; maximum megabytes of a batch.
CARDS_SECONDS, LINES_SECONDS, MEGABYTES = 25, 3, 300
_CARDS, _LINES = 100, 500
#: A long name, which takes several lines of a cell.
_NAMES = {
    "surname": "Константинопольская-Преображенская", "given_name": "Александра-Виктория",
    "patronymic": "Константиновна",
}  # fmt: skip
_PLACE = "Тульская областная организация Общероссийской общественной организации инвалидов"


def run(options: argparse.Namespace) -> int:
    """Print each form for `options.papers` people, then the lists; return the number of figures that exceed limits."""
    # Run in a separate process, so that this one measures only the memory of a worker.
    apart(__name__, "build", options.papers)
    keepers = [chair_of(login) for login in ("chair", "teacher")]
    say(f"{options.papers} people")
    memory = Memory()
    memory.start()
    rows = []
    for keeper, chair in keepers:
        ids = list(Member.objects.filter(organization=keeper).values_list("pk", flat=True)[: options.papers])
        for form in forms_of(keeper.charter):
            if all(chair.reads(data_class) for data_class in form.data_classes):
                rows.append(_form(form, keeper, ids, chair))
    rows += _lists()
    table(("paper", "pages", "seconds", "on two cores", "pages a second", "at most", ""), rows)
    shares = f"{memory.before:.0f} before, {memory.others:.0f} of the processes that lay papers out"
    say(f"\nMemory at the peak: {memory.most:.0f} MB (at most {MEGABYTES}): {shares}")
    return sum(1 for row in rows if row[-1]) + (memory.most > MEGABYTES)


def build(people: int) -> None:
    """Create a local and a primary organisation with `people` members each."""
    place = Place()
    place.grow(people)
    _school(place, people)
    # Without cells, so that all members are in one book.
    people = (place.values(1_000_000 + number) for number in range(_LINES))
    listed = [{**one, "surname": f"Константинопольская-{one['surname']}"} for one in people]
    other = [{**one, "registered_on": one["joined_on"]} for one in listed]
    register_many(organization=place.tree.locals[1], people=other, by=place.by)


def chair_of(login: str) -> tuple[Organization, Actor]:
    """Return the organisation of the account, and its chair as actor."""
    actor = Actor.of(Account.objects.get(login=login))
    assert actor.organization is not None
    return actor.organization, actor


def _school(place: Place, people: int) -> None:
    """Create a primary organisation of the union, with the details that the law requires in consents."""
    head = found_federation(
        code="union", name="Профсоюз", charter_key="education_union", full_name="Профсоюз", short_name="Профсоюз",
        by=place.by, is_legal_entity=True,
    )  # fmt: skip
    school = Founder(head, place.people, place.by).union().primaries[0]
    values = [
        place.people.union_member(workplace="Школа № 7", city="Тула", region="Тульская область", postcode="300041")
        | {"confirmed_duplicate": True}
        for _ in range(people)
    ]
    register_many(
        organization=school, people=[{**one, "registered_on": one["joined_on"]} for one in values], by=place.by
    )
    named = {one.key: {"name": one.title, "address": "119000, г. Москва"} for one in head.charter.recipients}
    change_charter(head.federation_id, values={"recipients": named}, by=place.by)
    Organization.objects.update(legal_address="119000, г. Москва")
    for one in Organization.objects.all():
        OrganizationPassport.objects.update_or_create(organization=one, defaults={"site": "https://example.ru/"})
    give("teacher", school, Role.CHAIR, place.people, place.by)
    Account.objects.filter(login="teacher").update(must_change_password=False)


def _form(form: Form, keeper: Organization, ids: list[int], chair: Actor) -> tuple[Any, ...]:
    limit = CARDS_SECONDS if form.code == "member_card" and len(ids) == _CARDS else ""
    name = f"{keeper.charter.key} {form.code}"
    params = {"form": form.code, "ids": ids, "by_hand": True}
    return _printed(name, lambda: start_job("documents.print", params, by=chair), chair, limit)


def _lists() -> list[tuple[Any, ...]]:
    """Print each kind of list with `_LINES` people."""
    _region, chair = chair_of("region")
    keeper, lines = next(
        (organization, count)
        for organization in Organization.objects.filter(parent=_region)
        if (count := BookLine.objects.filter(unit=organization).count())
    )
    assert lines == _LINES
    people = Member.objects.filter(organization=keeper).order_by("sort_key", "pk")
    ids, place = list(people.values_list("pk", flat=True)), {"place": keeper.pk}
    book = list(BookLine.objects.filter(unit=keeper).order_by("sort_key", "pk").values_list("pk", flat=True))
    day = {**place, "day": keeper.today.isoformat(), "lines": book, "units": True}
    columns = [column.key for column in chosen(chair)]
    works: dict[str, tuple[str, dict[str, Any]]] = {
        "card_file": ("documents.print_people", {**place, "paper": "card_file", "ids": ids}),
        "member_list": ("documents.print_people", {**place, "paper": "member_list", "ids": ids}),
        "registration_book": ("documents.print_book", {"unit": keeper.pk}),
        "state_on_day": ("documents.print_day", day),
        f"screen_list of {len(columns)} columns": (
            "documents.print_list", {**place, "ids": ids, "columns": columns, "filters": {}},
        ),
    }  # fmt: skip
    found = [
        _printed(f"{name}, {_LINES} lines", partial(start_job, kind, params, by=chair), chair, LINES_SECONDS)
        for name, (kind, params) in works.items()
    ]
    return found + [
        _figures(f"{paper.code}, {_LINES} lines", partial(render_long, paper, pages, PAGES, batch), LINES_SECONDS)
        for paper, pages, batch in _registers(keeper, chair)
    ]


def _registers(keeper: Organization, chair: Actor) -> Iterator[tuple[Paper, Sequence[Mapping[str, Any]], Batch]]:
    """Yield registers that need no job; those of blanks are printed by `--year`."""
    batch, today, now = batch_for(chair, keeper), keeper.today, timezone.now()
    name = " ".join(_NAMES.values())
    sent = [
        Transfer(
            person_name=name, source=keeper, started_on=today, ended_on=today, reason=_PLACE, state="arrived",
            mail_number=f"{number:014}",
        )
        for number in range(_LINES)
    ]  # fmt: skip
    yield mail_register.REGISTER, mail_register.build(keeper, sent, today, today, batch), batch
    requests = [CardRequest(printed_name=name, number=f"{number:016}") for number in range(_LINES)]
    yield card_sheet.SHEET, card_sheet.build(requests, batch), batch
    records = [
        DestructionRecord(
            organization=keeper, number=number, member_number=number, ticket_number=f"{number:07}", reason=_PLACE,
            method=_PLACE, system=_PLACE, destroyed_by=name, destroyed_at=now, categories=[_PLACE],
            counts={"records": 12, "files": 3}, keep_until=today,
        )
        for number in range(_LINES)
    ]  # fmt: skip
    for paper in (destruction.ACT, destruction.EXTRACT):
        yield paper, paper.build(records, batch), batch
    yield from _acts_of_blanks(keeper, batch)
    report = Reconciliation(unit=keeper, year=today.year, state="reported", reported_at=now)
    member = Member(**_NAMES)
    changes = [
        ChangeProposal(member=member, field="workplace", before=_PLACE, after=_PLACE, ground="справка с места работы")
        for _number in range(_LINES)
    ]
    counts = dict.fromkeys(("new_year", "arrived", "left", "by_book", "questionnaires", "changed"), _LINES)
    values = reconciliation_report.build(report, counts, changes, None, batch)
    yield reconciliation_report.REPORT, values, batch


def _acts_of_blanks(keeper: Organization, batch: Batch) -> Iterator[tuple[Paper, Sequence[Mapping[str, Any]], Batch]]:
    """Yield the acts by which tickets of members are written off and destroyed."""
    rows = [
        WrittenOff(NumberRange("", number, number, 7), " ".join(_NAMES.values()), "выход из организации")
        for number in range(_LINES)
    ]
    for module, kind in ((write_off_act, "lost"), (blank_destruction_act, "destruction")):
        given = {"kind": kind, "blank": "ticket", "state": "posted", "number": "1"}
        made = BlankPaper.objects.create(organization=keeper, made_on=keeper.today, **given)
        with patch.object(module, "written_off", return_value=rows):
            yield module.ACT, module.build(made, batch), batch


def _printed(name: str, start: Callable[[], Job], by: Actor, limit: float | str) -> tuple[Any, ...]:
    job = start()

    def printed() -> bytes:
        run_job.func(str(job.pk))
        return fetch_result(job.pk, by=by)[1]

    return _figures(name, printed, limit)


def _figures(name: str, printed: Callable[[], bytes], limit: float | str) -> tuple[Any, ...]:
    before = seconds()
    data = printed()
    spent = seconds() - before
    pages = len(PdfReader(io.BytesIO(data)).pages)
    on_two = spent / 2
    slow = "SLOW" if limit and on_two > float(limit) else ""
    return name, pages, f"{spent:.1f}", f"{on_two:.1f}", f"{pages / on_two:.1f}", limit, slow


def seconds() -> float:
    """Return the processor time of this process and of its finished children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class Memory(threading.Thread):
    """Watches the memory of this process and its children together, in megabytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.own = Path(f"/proc/{os.getpid()}")
        #: Memory of this process at the start, the peak of all processes, and the share of the others in the peak.
        self.before, self.most, self.others = _held(self.own), 0.0, 0.0
        #: Processor time used by the measurement itself.
        self.spent = 0.0

    def run(self) -> None:
        while True:
            self.spent = time.thread_time()
            children = [part for task in self.own.glob("task/*/children") for part in _read(task).split()]
            others = sum(_held(Path("/proc", pid)) for pid in children)
            whole = _held(self.own) + others
            if whole > self.most:
                self.most, self.others = whole, others
            time.sleep(0.1)


def _held(process: Path) -> float:
    """Return the memory of the process, including its share of shared pages; 0 if it has ended."""
    lines = (line.split() for line in _read(process / "smaps_rollup").splitlines())
    return next((int(line[1]) / 1024 for line in lines if line[0] == "Pss:"), 0)


def _read(path: Path) -> str:
    """Return the text of the file, or an empty string if the process has ended."""
    try:
        return path.read_text()
    except OSError:
        return ""
