"""Background jobs on lists: checking, and registering people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from members.people.errors import SomeRefused
from registry.access import Actor
from registry.jobs.kinds import daily, job
from registry.jobs.models import Job
from registry.jobs.work import Work
from registry.sizes import CHUNK_CHANGED
from registry.spreadsheets.files import by_a_job

from . import batches, loading, uploads
from .enums import BatchState, RowVerdict, UpdateVerdict
from .models import CardUpdate, ImportBatch
from .transitions.batches import forget_batches
from .transitions.updates import apply_update, forget_updates, undo_update

_MEANWHILE = _("You may leave this page and go on working; the list will be under «Loaded lists».")


def _list_page(row: Job) -> str:
    return reverse("imports:detail", args=[row.params["batch"]])


def _outcome(summary: Mapping[str, Any]) -> str:
    count = summary.get("people", 0)
    return ngettext("%(n)s person is registered.", "%(n)s people are registered.", count) % {"n": count}


def _read_page(row: Job) -> str:
    if "update" in row.summary:
        return reverse("imports:update", args=[row.summary["update"]])
    if row.kind == uploads.READ and not row.is_done:
        return reverse("imports:upload")
    return reverse("imports:detail", args=[row.summary.get("batch", row.params["batch"])])


def _read_outcome(summary: Mapping[str, Any]) -> str:
    if "update" in summary:
        return str(_("The file brings changes of cards: confirm them."))
    count = summary.get("rows", 0)
    return ngettext("%(n)s row is read.", "%(n)s rows are read.", count) % {"n": count}


def _forget_upload(row: Job) -> None:
    """Discard the list of a file that was not read; the file is deleted."""
    by = Actor.system("lists", row.organization)
    if ImportBatch.objects.visible_to(by).filter(pk=row.params["batch"], state=BatchState.READING).exists():
        batches.discard_batch(row.params["batch"], by=by)


@job(
    uploads.READ,
    _("Reading of a list"),
    page=_read_page,
    outcome=_read_outcome,
    given_up=_forget_upload,
    remains=_("The file is deleted, nothing was changed."),
    meanwhile=_MEANWHILE,
)
def read_list(work: Work) -> None:
    """Read the file of the batch `params["batch"]`: its rows, or its changes of cards."""

    def read(chunks: Iterator[list[int]]) -> Generator[uploads.FileRead, None, None]:
        for (batch,) in chunks:
            with by_a_job():
                found = uploads.read_stored(batch, by=work.actor)
            yield found

    def keep(read: uploads.FileRead) -> None:
        update = uploads.fill_list(work.params["batch"], read, by=work.actor)
        work.note(**({"update": update.pk} if update is not None else {"rows": len(read.rows)}))

    work.each([work.params["batch"]], 1, keep, prepare=read)


@job(uploads.READ_SHEET, _("Reading of a sheet"), page=_read_page, outcome=_read_outcome, meanwhile=_MEANWHILE)
def read_sheet(work: Work) -> None:
    """Read the sheet at the position `params["sheet"]` in the file of the batch `params["batch"]`."""

    def read(chunks: Iterator[list[int]]) -> Generator[loading.ListRead, None, None]:
        for (batch,) in chunks:
            with by_a_job():
                found = loading.read_sheet(batch, work.params["sheet"], by=work.actor)
            yield found

    def keep(read: loading.ListRead) -> None:
        batch = loading.store_sheet(work.params["batch"], read, by=work.actor)
        work.note(batch=batch.pk, rows=len(read.rows))

    work.each([work.params["batch"]], 1, keep, prepare=read)


@job("import.check", _("Check of a list"), page=_list_page, meanwhile=_MEANWHILE, rereads=True)
def check_list(work: Work) -> None:
    """Check the rows of the batch `params["batch"]`."""

    def check(chunk: list[int]) -> None:
        batches.check_batch(chunk[0], by=work.actor)

    work.each([work.params["batch"]], 1, check)


@job("import.apply", _("Registration of the people on a list"), page=_list_page, outcome=_outcome)
def apply_list(work: Work) -> None:
    """Register the people of the correct rows of the batch `params["batch"]`, all or none."""

    def put(chunk: list[int]) -> None:
        batches.apply_batch(chunk[0], by=work.actor)

    before = _registered(work)
    try:
        work.each([work.params["batch"]], 1, put)
    except SomeRefused:
        # One of the people was registered in the meantime: the check finds the rows concerned.
        batches.check_batch(work.params["batch"], by=work.actor)
        raise
    work.finish(people=_registered(work) - before)


def _registered(work: Work) -> int:
    batch = ImportBatch.objects.visible_to(work.actor).get(pk=work.params["batch"])
    return int(batch.counts.get(RowVerdict.DONE, 0))


def _update_page(row: Job) -> str:
    return reverse("imports:update", args=[row.params["update"]])


def _changed(summary: Mapping[str, Any]) -> str:
    count = summary.get("cards", 0)
    return ngettext("%(n)s card is changed.", "%(n)s cards are changed.", count) % {"n": count}


@job("updates.apply", _("Change of many cards"), page=_update_page, outcome=_changed)
def apply_card_update(work: Work) -> None:
    """Change the cards of the rows `params["rows"]` of the change `params["update"]`."""

    def put(rows: list[int]) -> None:
        apply_update(work.params["update"], rows, by=work.actor)

    work.each(work.params["rows"], CHUNK_CHANGED, put)
    batch = CardUpdate.objects.visible_to(work.actor).get(pk=work.params["update"])
    work.finish(cards=batch.counts[UpdateVerdict.DONE])


@job("updates.undo", _("Undoing a change of many cards"), page=_update_page)
def undo_card_update(work: Work) -> None:
    """Undo the change `params["update"]`, all or none."""

    def undo(updates: list[int]) -> None:
        undo_update(updates[0], by=work.actor)

    work.each([work.params["update"]], 1, undo)


@daily
def forget_old_lists(today: dt.date) -> None:
    """Delete the comparisons of old changes of many cards, and the rows of lists whose people were not registered."""
    forget_updates()
    forget_batches()
