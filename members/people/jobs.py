"""Background jobs on cards: exports, assigning cells, counting completeness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterator
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.access import Actor, require
from registry.answers import WORKBOOK
from registry.enums import DataClass, Permission
from registry.errors import NotAllowed
from registry.jobs.kinds import daily, job, of_few
from registry.jobs.work import Work
from registry.organizations.models import Federation, Organization
from registry.sizes import CHUNK, CHUNK_CHANGED

from . import exports
from .transitions.cells import assign_cell
from .transitions.completeness import count_completeness
from .transitions.exports import record_reading
from .transitions.searches import sweep_searches

#: The ids of each chunk with their rows.
Rows = Generator[tuple[list[int], list[list[Any]]], None, None]


@job("members.export", _("Download of a list of members"), short=of_few)
def export_members(work: Work) -> None:
    """Create the workbook of the members `params["ids"]` with the data classes `params["classes"]`."""
    require(work.actor, Permission.EXPORT)
    classes = [DataClass(name) for name in work.params["classes"]]
    sheet = exports.sheet_for(work.actor, classes, identified=True)

    def rows_of(chunks: Iterator[list[int]]) -> Rows:
        for ids in chunks:
            yield ids, work.read(partial(exports.rows_of, ids, sheet, work.actor))

    def keep(read: tuple[list[int], list[list[Any]]]) -> str:
        ids, found = read
        record_reading(ids, classes=classes, by=work.actor)
        return work.keep_part(exports.pack(found))

    work.each(work.params["ids"], CHUNK, keep, prepare=rows_of)
    rows = [row for part in work.parts() for row in exports.unpack(part)]
    work.finish(exports.workbook(sheet, rows), name=exports.file_name(), content_type=WORKBOOK, rows=len(rows))


@job("members.export_day", _("Download of the members registered on a day"), short=of_few)
def export_day(work: Work) -> None:
    """Create the workbook of the book lines `params["lines"]`, open below `params["place"]` on `params["day"]`."""
    place = Organization.objects.visible_to(work.actor).get(pk=work.params["place"])
    require(work.actor, Permission.EXPORT, place)
    sheet, lines = exports.sheet_of_day(units=work.params["units"]), work.params["lines"]
    first = {pk: number for number, pk in enumerate(lines, start=1)}

    def rows_of(chunks: Iterator[list[int]]) -> Rows:
        for ids in chunks:
            number = first[ids[0]]
            yield ids, work.read(partial(exports.rows_of_day, ids, place, sheet, work.actor, first=number))

    work.each(lines, CHUNK, lambda read: work.keep_part(exports.pack(read[1])), prepare=rows_of)
    rows = [row for part in work.parts() for row in exports.unpack(part)]
    name = exports.name_of_day(dt.date.fromisoformat(work.params["day"]))
    work.finish(exports.workbook(sheet, rows), name=name, content_type=WORKBOOK, rows=len(rows))


@job("members.assign_cell", _("Filing of cards under a primary cell"), short=of_few)
def assign_cells(work: Work) -> None:
    """Assign the cards `params["ids"]` to the cell `params["cell"]`, or to none."""
    cell = None
    if work.params["cell"] is not None:
        cell = Organization.objects.visible_to(work.actor).filter(pk=work.params["cell"]).first()
        if cell is None:
            raise NotAllowed

    def file(ids: list[int]) -> None:
        assign_cell(ids, cell=cell, by=work.actor)

    work.each(work.params["ids"], CHUNK_CHANGED, file)
    work.finish(cards=len(work.params["ids"]))


@job("members.count_completeness", _("Counting of complete cards"), rereads=True)
def count_after_change(work: Work) -> None:
    """Count at once which cards are complete after a change of the charter of the job's organisation (U-5a)."""
    if work.row.organization is None:
        raise NotAllowed
    work.finish(cards=count_completeness(work.row.organization.federation, by=work.actor))


@daily
def count_complete_cards(today: dt.date) -> None:
    """Recount completeness in federations whose charter has other required fields than at the last count (U-5a)."""
    for federation in Federation.objects.all():
        count_completeness(federation, by=Actor.system("completeness"))


@daily
def forget_searches(today: dt.date) -> None:
    """Delete old counts of searches, and old requests for more (N-A1)."""
    sweep_searches()
