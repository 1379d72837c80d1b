"""Background work about people: downloads of long lists, many cards filed at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registry.access import Actor, require
from registry.answers import WORKBOOK
from registry.enums import DataClass, Permission
from registry.errors import NotAllowed, RuleViolation
from registry.jobs import Work, daily, job
from registry.models import Federation, Job, Organization

from . import exports
from .enums import Destroyed, RowVerdict
from .errors import SomeRefused
from .imports import batches
from .models import Application, DestructionRecord, ImportBatch, Member
from .transitions.cells import assign_cell
from .transitions.completeness import count_completeness
from .transitions.erasing import erase, erase_application, forget_records
from .transitions.exports import record_reading
from .transitions.reconciliation import open_year
from .transitions.transfers import forget_attempts

#: Cards changed in one transaction.
CELL_CHUNK = 200


@job("members.export", _("Download of a list of members"))
def export_members(work: Work) -> None:
    """The workbook of `params["ids"]` with the classes of `params["classes"]`."""
    require(work.actor, Permission.EXPORT)
    classes = [DataClass(name) for name in work.params["classes"]]
    sheet = exports.sheet_for(work.actor, classes)

    def read(ids: list[int]) -> str:
        record_reading(ids, classes=classes, by=work.actor)
        return work.keep_part(exports.pack(exports.rows_of(ids, sheet, work.actor)))

    work.each(work.params["ids"], exports.CHUNK, read)
    rows = [row for part in work.parts() for row in exports.unpack(part)]
    work.finish(exports.workbook(sheet, rows), name=exports.file_name(), content_type=WORKBOOK, rows=len(rows))


@job("members.export_day", _("Download of who stood on account on a day"))
def export_day(work: Work) -> None:
    """The workbook of the lines `params["lines"]` that stood under `params["place"]` on `params["day"]`."""
    place = Organization.objects.visible_to(work.actor).get(pk=work.params["place"])
    require(work.actor, Permission.EXPORT, place)
    sheet, lines = exports.sheet_of_day(units=work.params["units"]), work.params["lines"]
    first = {pk: number for number, pk in enumerate(lines, start=1)}

    def read(ids: list[int]) -> str:
        return work.keep_part(exports.pack(exports.rows_of_day(ids, place, sheet, work.actor, first=first[ids[0]])))

    work.each(lines, exports.CHUNK, read)
    rows = [row for part in work.parts() for row in exports.unpack(part)]
    name = exports.name_of_day(dt.date.fromisoformat(work.params["day"]))
    work.finish(exports.workbook(sheet, rows), name=name, content_type=WORKBOOK, rows=len(rows))


@job("members.assign_cell", _("Filing of cards under a primary cell"))
def assign_cells(work: Work) -> None:
    """The cards of `params["ids"]` go under `params["cell"]`, or under none."""
    cell = None
    if work.params["cell"] is not None:
        cell = Organization.objects.visible_to(work.actor).filter(pk=work.params["cell"]).first()
        if cell is None:
            raise NotAllowed

    def file(ids: list[int]) -> None:
        assign_cell(ids, cell=cell, by=work.actor)

    work.each(work.params["ids"], CELL_CHUNK, file)
    work.finish(cards=len(work.params["ids"]))


def _list_page(row: Job) -> str:
    return reverse("imports:detail", args=[row.params["batch"]])


def _put(summary: Mapping[str, Any]) -> str:
    count = summary.get("people", 0)
    return ngettext("%(n)s person is put on account.", "%(n)s people are put on account.", count) % {"n": count}


@job("import.check", _("Check of a list"), page=_list_page)
def check_list(work: Work) -> None:
    """Check the rows of the batch `params["batch"]`."""

    def check(chunk: list[int]) -> None:
        batches.check_batch(chunk[0], by=work.actor)

    work.each([work.params["batch"]], 1, check)


@job("import.apply", _("Putting a list on account"), page=_list_page, outcome=_put)
def apply_list(work: Work) -> None:
    """Put the rows of the batch `params["batch"]` that are right on account, all in one."""

    def put(chunk: list[int]) -> None:
        batches.apply_batch(chunk[0], by=work.actor)

    before = _on_account(work)
    try:
        work.each([work.params["batch"]], 1, put)
    except SomeRefused:
        # Somebody else was quicker: the check says of each row what has become wrong.
        batches.check_batch(work.params["batch"], by=work.actor)
        raise
    work.finish(people=_on_account(work) - before)


def _on_account(work: Work) -> int:
    batch = ImportBatch.objects.visible_to(work.actor).get(pk=work.params["batch"])
    return int(batch.counts.get(RowVerdict.DONE, 0))


@daily
def open_reconciliations(today: dt.date) -> None:
    """In December the year-end reconciliation opens for every cell that has members (V-B8)."""
    if today.month == 12:
        open_year(today.year, today=today, by=Actor.system("year-end"))


@daily
def count_complete_cards(today: dt.date) -> None:
    """Where the charter asks for other fields than at the last count, cards are complete or not anew (U-5a)."""
    for federation in Federation.objects.all():
        count_completeness(federation, by=Actor.system("completeness"))


@daily
def forget_wrong_codes(today: dt.date) -> None:
    """Wrong transfer codes older than the throttle go (V-B9)."""
    forget_attempts()


def _destroyed(summary: Mapping[str, Any]) -> str:
    return _("Cards and applications destroyed: %(count)s.") % {"count": summary.get("cards", 0)}


def _erasing_page(row: Job) -> str:
    return reverse("moves:erasing")


@job(
    "members.erase",
    _("Destruction of cards and applications whose terms are over"),
    page=_erasing_page,
    outcome=_destroyed,
)
def erase_cards(work: Work) -> None:
    """Destroy the cards `params["ids"]` and `params["applications"]` one by one; what an appeal keeps by now stays."""
    cards, applications = work.params["ids"], work.params.get("applications", [])

    def destroy(chunk: list[list[Any]]) -> None:
        subject, pk = chunk[0]
        try:
            (erase if subject == Destroyed.CARD else erase_application)(pk, by=work.actor)
        except (RuleViolation, Member.DoesNotExist, Application.DoesNotExist):
            return

    def records() -> int:
        found = DestructionRecord.objects.visible_to(work.actor)
        return found.filter(
            Q(subject=Destroyed.CARD, member_number__in=cards)
            | Q(subject=Destroyed.APPLICATION, member_number__in=applications)
        ).count()

    work.each([[Destroyed.CARD, pk] for pk in cards] + [[Destroyed.APPLICATION, pk] for pk in applications], 1, destroy)
    work.finish(cards=records())


@daily
def forget_destructions(today: dt.date) -> None:
    """Records of destruction go three years later (practice 7.4)."""
    forget_records()
