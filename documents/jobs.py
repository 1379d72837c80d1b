"""Background work about papers: many forms as one PDF, many consents marked at once."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from members.models import Application, BookLine, Meeting, Member
from registry.access import Actor, require
from registry.answers import PDF, ZIP
from registry.enums import DataClass, Permission
from registry.jobs import Prepare, Work, job
from registry.models import Organization

from .prints import meeting_papers, state_on_day
from .prints.core import Batch, Form, Paper, batch_for, bundle, forms, render_all, sheets_for
from .prints.engine.merging import page_count
from .prints.engine.sheets import NOTHING, Sheets
from .prints.packing import pack
from .prints.registration_book import BOOK, PAGES
from .rules import CARD_FORM, check_readable
from .transitions.consents import mark_many_signed
from .transitions.printing import record_applicant, record_prints

#: People in one run of the layout engine, a second or two of work: enough that its start does not count, and so few that
#: every core has something to do.
CHUNK = 10
#: Notices of a meeting laid out in one run; they are single plain sheets.
NOTICES = 25
#: Consents marked in one transaction.
MARK_CHUNK = 200


#: Who is on the sheets → the version of his card and what his paper carries, for the print record.
Printed = dict[int, tuple[int, Mapping[str, Any]]]


def sheets_of(form: Form, ids: Sequence[int], actor: Actor) -> tuple[bytes, Printed]:
    """The PDF of these people in the order given, and who is on it; who left the scope meanwhile is not."""
    ((pdf, printed),) = sheets_of_many(form, [ids], actor)
    return pdf, printed


def sheets_of_many(
    form: Form, chunks: Iterable[Sequence[int]], actor: Actor
) -> Generator[tuple[bytes, Printed], None, None]:
    """The same for each chunk; a chunk of which all have left has neither PDF nor people."""
    printed: deque[Printed] = deque()

    def parts() -> Iterator[Sheets]:
        for ids in chunks:
            members, batch = _people(form, ids, actor)
            printed.append(_facts(form, members, batch) if batch else {})
            yield sheets_for(form, [form.build(member, batch) for member in members], batch) if batch else NOTHING

    for pdf in render_all(parts()):
        yield pdf, printed.popleft()


def _people(form: Form, ids: Sequence[int], actor: Actor) -> tuple[list[Member], Batch | None]:
    found = form.members(Member.objects.visible_to(actor).on_account()).in_bulk(ids)
    members = [found[pk] for pk in ids if pk in found]
    if not members or members[0].organization is None:
        return [], None
    return members, batch_for(actor, members[0].organization)


def _facts(form: Form, members: Sequence[Member], batch: Batch) -> Printed:
    carries = form.carries or (lambda _member, _batch: {})
    return {member.pk: (member.version, carries(member, batch)) for member in members}


def carried(printed: Printed) -> dict[int, Mapping[str, Any]]:
    """Of each who is on the sheets what his paper carries."""
    return {pk: lines for pk, (_version, lines) in printed.items()}


def _printed(summary: Mapping[str, Any]) -> str:
    count = summary.get("people", 0)
    return ngettext("Printed for %(count)s person.", "Printed for %(count)s people.", count) % {"count": count}


@job(
    "documents.print",
    _("Printing for many people"),
    outcome=_printed,
    remains=_("Nothing was printed, and nothing is marked as printed."),
)
def print_many(work: Work) -> None:
    """The form `params["form"]` for `params["ids"]`, in this order; recorded with the result, for without it there is no paper."""
    form = forms()[work.params["form"]]
    require(work.actor, Permission.PRINT)
    check_readable(form.data_classes, by=work.actor)

    def lay_out(chunks: Iterator[list[int]]) -> Generator[bytes, None, None]:
        for pdf, printed in sheets_of_many(form, chunks, work.actor):
            yield _with_facts(pdf, printed) if printed else b""

    work.each(work.params["ids"], CHUNK, lambda part: work.keep_part(part) if part else None, prepare=lay_out)
    parts = [_apart(part) for part in work.parts()]
    if not parts:
        work.finish(people=0)
        return
    name = f"{form.code}-{timezone.localdate():%Y-%m-%d}"
    data, ending = pack(form, [pdf for pdf, _facts in parts], name)
    with transaction.atomic():
        # Not the number asked for: some may have left the scope meanwhile.
        printed = {pk: fact for _pdf, facts in parts for pk, fact in facts.items()}
        people = record_sheets(form, printed, by=work.actor, job_id=work.row.pk)
        work.finish(data, name=f"{name}.{ending}", content_type=PDF if ending == "pdf" else ZIP, people=people)


def _with_facts(pdf: bytes, printed: Printed) -> bytes:
    """A chunk's sheets after what is to be recorded of them: a resumed job needs both."""
    head = json.dumps(printed).encode()
    return len(head).to_bytes(4, "big") + head + pdf


def _apart(part: bytes) -> tuple[bytes, Printed]:
    end = 4 + int.from_bytes(part[:4], "big")
    facts = json.loads(part[4:end])
    return part[end:], {int(pk): (version, lines) for pk, (version, lines) in facts.items()}


def record_sheets(form: Form, printed: Printed, *, by: Actor, job_id: uuid.UUID | None = None) -> int:
    """Write the prints down; whose card has changed since his sheet was laid out still asks for its printing (V-B2)."""
    changed = set()
    if form.code == CARD_FORM:
        members, batch = _people(form, list(printed), by)
        now = _facts(form, members, batch) if batch is not None else {}
        changed = {pk for pk, fact in printed.items() if json.dumps(now.get(pk)) != json.dumps(fact)}
    recorded = 0
    for outdated, ids in ((False, printed.keys() - changed), (True, changed)):
        recorded += record_prints(
            form.code,
            carried({pk: printed[pk] for pk in ids}),
            data_classes=form.data_classes,
            by=by,
            job_id=job_id,
            outdated=outdated,
            versions={pk: printed[pk][0] for pk in ids},
        )
    return recorded


def _pages(form: Paper, pages: Sequence[Mapping[str, Any]], batch: Batch) -> Prepare:
    """Lays out pages of the form by their numbers."""
    return lambda chunks: render_all(
        sheets_for(form, [pages[number] for number in numbers], batch) for numbers in chunks
    )


@job("documents.print_book", _("Printing of the registration book"))
def print_book(work: Work) -> None:
    """The registration book of `params["unit"]`, laid out in parts."""
    unit = (
        Organization.objects.visible_to(work.actor).select_related("federation", "parent").get(pk=work.params["unit"])
    )
    require(work.actor, Permission.PRINT, unit)
    batch = Batch(unit, frozenset({DataClass.GENERAL}), timezone.localdate())
    lines = list(BookLine.objects.visible_to(work.actor).filter(unit=unit).order_by("number"))
    pages = BOOK.build(unit, lines, batch)

    work.each(range(len(pages)), PAGES, work.keep_part, prepare=_pages(BOOK, pages, batch))
    record_applicant(BOOK.code, unit, organization=unit, by=work.actor, rule="V-B7")
    work.finish(bundle(BOOK, work.parts()), name=f"{BOOK.code}-{timezone.localdate():%Y-%m-%d}.pdf")


@job(
    "documents.print_invitations",
    _("Printing of notices of a meeting"),
    outcome=_printed,
    remains=_("Nothing was printed, and nothing is marked as printed."),
)
def print_invitations(work: Work) -> None:
    """Notices of the meeting `params["meeting"]` for `params["applications"]`, in this order, as one PDF (V-A5)."""
    meeting = Meeting.objects.visible_to(work.actor).select_related("organization").get(pk=work.params["meeting"])
    require(work.actor, Permission.PRINT, meeting.organization)
    invited = Application.objects.visible_to(work.actor).invited_to(meeting)

    def sheets_of_chunk(ids: list[int]) -> Sheets:
        found = invited.filter(pk__in=ids).in_bulk()
        # Who withdrew meanwhile, or was decided on, is told nothing.
        told = [found[pk] for pk in ids if pk in found]
        if not told:
            return NOTHING
        return meeting_papers.sheets_of(meeting_papers.INVITATION, told[0].organization, told)

    work.each(
        work.params["applications"],
        NOTICES,
        lambda part: work.keep_part(part) if part else None,
        prepare=lambda chunks: render_all(map(sheets_of_chunk, chunks)),
    )
    parts = work.parts()
    if not parts:
        work.finish(people=0)
        return
    data = bundle(meeting_papers.INVITATION, parts)
    with transaction.atomic():
        record_applicant(meeting_papers.INVITATIONS.code, meeting, organization=meeting.organization, by=work.actor)
        name = f"{meeting_papers.INVITATIONS.code}-{timezone.localdate():%Y-%m-%d}.pdf"
        # A notice is one sheet.
        work.finish(data, name=name, people=page_count(data))


@job("documents.print_day", _("Printing of who stood on account on a day"))
def print_day(work: Work) -> None:
    """The lines `params["lines"]` that stood under `params["place"]` on `params["day"]`, laid out in parts."""
    place = Organization.objects.visible_to(work.actor).select_related("federation").get(pk=work.params["place"])
    require(work.actor, Permission.PRINT, place)
    found = BookLine.objects.visible_to(work.actor).select_related("unit__parent").in_bulk(work.params["lines"])
    lines = [found[pk] for pk in work.params["lines"] if pk in found]
    batch = Batch(place, frozenset({DataClass.GENERAL}), timezone.localdate())
    day = dt.date.fromisoformat(work.params["day"])
    pages = state_on_day.build(place, day, lines, units=work.params["units"], batch=batch)

    form = state_on_day.STATE
    work.each(range(len(pages)), state_on_day.PAGES, work.keep_part, prepare=_pages(form, pages, batch))
    record_applicant(form.code, place, organization=place, by=work.actor, rule="V-B7")
    work.finish(bundle(form, work.parts()), name=f"{form.code}-{day:%Y-%m-%d}.pdf")


def _marked(summary: Mapping[str, Any]) -> str:
    count = summary.get("marked", 0)
    return ngettext("%(count)s consent is marked as signed.", "%(count)s consents are marked as signed.", count) % {
        "count": count
    }


@job("documents.mark_consents", _("Marking of signed consents"), outcome=_marked)
def mark_consents(work: Work) -> None:
    """The consents of `params["ids"]` are signed on `params["signed_on"]`, the date of their papers."""
    signed_on = dt.date.fromisoformat(work.params["signed_on"])

    def mark(ids: list[int]) -> None:
        mark_many_signed(dict.fromkeys(ids, signed_on), by=work.actor)

    work.each(work.params["ids"], MARK_CHUNK, mark)
    work.finish(marked=len(work.params["ids"]))
