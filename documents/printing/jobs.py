"""Jobs that print many papers as one PDF."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from documents.consents.rules import hindering
from documents.papers import list_pages, meeting_papers, screen_list, state_on_day
from documents.papers.registration_book import BOOK, PAGES
from members.admission.models import Application
from members.book.models import BookLine
from members.meetings.models import Meeting
from members.people.columns import with_keys
from members.people.exports import paper_list
from members.people.filters import MemberFilter
from members.people.models import Member
from registry.access import Actor, require
from registry.answers import PDF, WORD, ZIP
from registry.enums import DataClass, Permission
from registry.jobs.kinds import job, of_few
from registry.jobs.work import Prepare, Work
from registry.organizations.models import Organization
from registry.sizes import CHUNK

from .codes import new_code
from .core import (
    Batch,
    Form,
    Paper,
    batch_for,
    bundle,
    forms,
    papers,
    render_all,
    sheets_for,
    word_of_sheets,
)  # fmt: skip
from .engine.merging import page_count
from .engine.sheets import NOTHING, Sheets
from .packing import Facts, Printed, pack, pack_files
from .rules import CARD_FORM, check_readable
from .transitions import record_list_print, record_notices, record_other_print, record_prints

#: Number of people in one part of a print: enough to outweigh its start, few enough to keep all cores busy and the
#: memory small. Of these, the engine lays out a few at a time (`engine.fixed`).
MAX_PEOPLE_PER_PART = 25
#: Number of pages of a sheet; forms have two, rarely a third for texts that are too long for their fields.
PAGES_OF_SHEET = 2
#: Number of members in one Word file; an old computer opens larger files slowly.
MAX_PEOPLE_PER_WORD = 50
#: Number of notices in one run of the layout engine; they are short.
MAX_NOTICES_PER_PART = 25


#: Ending of the name of a file → its type.
TYPES = {"pdf": PDF, "docx": WORD, "zip": ZIP}


def sheets_of(form: Form, ids: Sequence[int], actor: Actor, *, by_hand: bool = False) -> tuple[bytes, Printed]:
    """Return the PDF for these members in order, and data about the printed members.

    Members out of scope are omitted, and members whose sheet would lack details required by law. `by_hand` allows
    details that are written on the sheet by hand.
    """
    ((pdf, printed),) = sheets_of_many(form, [ids], actor, by_hand=by_hand)
    return pdf, printed


def sheets_of_many(
    form: Form, chunks: Iterable[Sequence[int]], actor: Actor, *, by_hand: bool = False
) -> Generator[tuple[bytes, Printed], None, None]:
    """Yield the same for each chunk; if all its members have left, the PDF is empty."""
    printed: deque[Printed] = deque()

    def parts() -> Iterator[Sheets]:
        for ids in chunks:
            sheets, facts = _made(form, ids, actor, by_hand=by_hand)
            printed.append(facts)
            yield sheets

    for pdf in render_all(parts()):
        yield pdf, printed.popleft()


def words_of_many(
    form: Form, chunks: Iterable[Sequence[int]], actor: Actor, *, by_hand: bool = False
) -> Generator[tuple[bytes, Printed], None, None]:
    """Yield a Word file for each chunk, with data about its members; it is empty if no member remains."""
    for ids in chunks:
        sheets, printed = _made(form, ids, actor, by_hand=by_hand)
        yield (word_of_sheets(form, sheets) if printed else b""), printed


def words_of(form: Form, ids: Sequence[int], actor: Actor, *, by_hand: bool = False) -> tuple[bytes, Printed]:
    """Return the Word file for these members, with data about the printed ones."""
    ((file, printed),) = words_of_many(form, [ids], actor, by_hand=by_hand)
    return file, printed


def _made(form: Form, ids: Sequence[int], actor: Actor, *, by_hand: bool) -> tuple[Sheets, Printed]:
    members, batch = _people(form, ids, actor, by_hand=by_hand)
    if batch is None:
        return NOTHING, {}
    printed = _facts(form, members, batch)
    codes = codes_of(printed)
    made = ((one, form.build(one, batch)) for one in members)
    contexts = [{**sheet, "outline": one.full_name, "paper_code": codes[one.pk]} for one, sheet in made]
    return sheets_for(form, contexts, batch), printed


def _people(form: Form, ids: Sequence[int], actor: Actor, *, by_hand: bool) -> tuple[list[Member], Batch | None]:
    found = form.members(Member.objects.visible_to(actor).registered()).in_bulk(ids)
    members = [found[pk] for pk in ids if pk in found]
    if not members or members[0].organization is None:
        return [], None
    batch = batch_for(actor, members[0].organization)
    lacks = form.lacks
    if lacks is not None:
        # A sheet that lacks details required by law is not printed (V-C5).
        members = [member for member in members if not hindering(lacks(member, batch), by_hand=by_hand)]
    return members, batch if members else None


def _facts(form: Form, members: Sequence[Member], batch: Batch) -> Printed:
    carries = form.carries or (lambda _member, _batch: {})
    return {member.pk: (member.version, carries(member, batch), new_code()) for member in members}


def carried(printed: Printed) -> dict[int, Mapping[str, Any]]:
    """Return the lines on the sheet of each member."""
    return {pk: lines for pk, (_version, lines, _code) in printed.items()}


def codes_of(printed: Printed) -> dict[int, str]:
    """Return the verification code on the sheet of each member."""
    return {pk: code for pk, (_version, _lines, code) in printed.items()}


def _printed(summary: Mapping[str, Any]) -> str:
    count = summary.get("people", 0)
    return ngettext("Printed for %(count)s person.", "Printed for %(count)s people.", count) % {"count": count}


@job(
    "documents.print",
    _("Printing for many people"),
    outcome=_printed,
    remains=_("Nothing was printed, and nothing is marked as printed."),
    short=of_few,
)
def print_many(work: Work) -> None:
    """Print the form `params["form"]` for `params["ids"]`, in order; prints are recorded together with the result.

    With `params["word"]` the result is one or more Word files.
    """
    form = forms()[work.params["form"]]
    require(work.actor, Permission.PRINT)
    check_readable(form.data_classes, by=work.actor)
    made = lay_out(
        work, form, work.params["ids"], word=bool(work.params.get("word")), by_hand=bool(work.params.get("by_hand"))
    )
    if made is None:
        work.finish(people=0)
        return
    with transaction.atomic():
        # Not the requested number: some may have left the scope meanwhile.
        people = record_sheets(form, made.printed, by=work.actor, job_id=work.row.pk)
        work.finish(made.data, name=made.name, content_type=made.content_type, people=people)


@dataclass(frozen=True)
class Made:
    """A file with the form for many members, and data about the printed ones."""

    data: bytes | IO[bytes]
    name: str
    content_type: str
    printed: Printed


def lay_out(work: Work, form: Form, ids: Sequence[int], *, word: bool = False, by_hand: bool = False) -> Made | None:
    """Lay out the form for the members in order, part by part; return None if nobody remains.

    The caller records the prints together with the result of the job.
    """

    def parts(chunks: Iterator[list[int]]) -> Generator[bytes, None, None]:
        made = words_of_many if word else sheets_of_many
        for file, printed in made(form, chunks, work.actor, by_hand=by_hand):
            yield _with_facts(file, printed) if printed else b""

    size = MAX_PEOPLE_PER_WORD if word else MAX_PEOPLE_PER_PART
    work.each(ids, size, lambda part: work.keep_part(part) if part else None, prepare=parts)
    if not work.has_parts:
        return None
    printed = Facts()

    def files() -> Iterator[bytes]:
        for file, facts in map(_split_facts, work.parts()):
            printed.add(facts)
            yield file

    name = f"{form.code}-{timezone.localdate():%Y-%m-%d}"
    pages = PAGES_OF_SHEET * size
    data, ending = pack_files(files(), name, "docx") if word else pack(form, files(), name, pages=pages)
    return Made(data, f"{name}.{ending}", TYPES[ending], printed)


def _with_facts(pdf: bytes, printed: Printed) -> bytes:
    """Prefix a chunk's PDF with the facts to be recorded: a resumed job needs both."""
    head = json.dumps(dict(printed)).encode()
    return len(head).to_bytes(4, "big") + head + pdf


def _split_facts(part: bytes) -> tuple[bytes, Printed]:
    end = 4 + int.from_bytes(part[:4], "big")
    facts = json.loads(part[4:end])
    # Parts laid out before papers had codes have none.
    known = {int(pk): [*fact, ""] for pk, fact in facts.items()}
    return part[end:], {pk: (version, lines, code) for pk, (version, lines, code, *_) in known.items()}


def _state(fact: tuple[int, Mapping[str, Any], str] | None) -> str:
    return json.dumps(fact and fact[:2])


@transaction.atomic
def record_sheets(form: Form, printed: Printed, *, by: Actor, job_id: uuid.UUID | None = None) -> int:
    """Record the prints. Cards changed since their sheet was rendered remain marked for printing (V-B2)."""
    # In chunks, because the cards of thousands do not fit into memory; in the order in which cards are locked.
    ids = sorted(printed)
    parts = ({pk: printed[pk] for pk in ids[at : at + CHUNK]} for at in range(0, len(ids), CHUNK))
    return sum(_record(form, part, by=by, job_id=job_id) for part in parts)


def _record(form: Form, printed: Printed, *, by: Actor, job_id: uuid.UUID | None) -> int:
    changed = set[int]()
    if form.code == CARD_FORM:
        # The part with them is already laid out.
        members, batch = _people(form, list(printed), by, by_hand=True)
        now = _facts(form, members, batch) if batch is not None else {}
        # Every layout has new codes.
        changed = {pk for pk, fact in printed.items() if _state(now.get(pk)) != _state(fact)}
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
            codes={pk: printed[pk][2] for pk in ids},
        )
    return recorded


def _pages(form: Paper, pages: Sequence[Mapping[str, Any]], batch: Batch) -> Prepare:
    """Return a `Prepare` that renders pages of the form by their numbers."""
    return lambda chunks: render_all(
        sheets_for(form, [pages[number] for number in numbers], batch) for numbers in chunks
    )


def _finish(work: Work, paper: Paper, day: dt.date, pages: int) -> None:
    """Store the printed parts as one PDF, or as a ZIP of several PDFs; each part has `pages` pages."""
    name = f"{paper.code}-{day:%Y-%m-%d}"
    data, ending = pack(paper, work.parts(), name, pages=pages)
    work.finish(data, name=f"{name}.{ending}", content_type=TYPES[ending])


@job("documents.print_book", _("Printing of the registration book"))
def print_book(work: Work) -> None:
    """Print the registration book of `params["unit"]`, in parts."""
    unit = (
        Organization.objects.visible_to(work.actor).select_related("federation", "parent").get(pk=work.params["unit"])
    )
    require(work.actor, Permission.PRINT, unit)
    batch = Batch(unit, frozenset({DataClass.GENERAL}), unit.today, work.params.get("code", ""))
    lines = list(BookLine.objects.visible_with_blocked(work.actor).filter(unit=unit).order_by("number"))
    pages = BOOK.build(unit, lines, batch)

    work.each(range(len(pages)), PAGES, work.keep_part, prepare=_pages(BOOK, pages, batch))
    record_other_print(BOOK.code, unit, organization=unit, code=batch.code, by=work.actor, rule="V-B7")
    _finish(work, BOOK, timezone.localdate(), PAGES)


@job(
    "documents.print_invitations",
    _("Printing of notices of a meeting"),
    outcome=_printed,
    remains=_("Nothing was printed, and nothing is marked as printed."),
    short=of_few,
)
def print_invitations(work: Work) -> None:
    """Print notices of the meeting `params["meeting"]` for `params["applications"]`, in order, as one PDF (V-A5)."""
    meeting = Meeting.objects.visible_to(work.actor).select_related("organization").get(pk=work.params["meeting"])
    require(work.actor, Permission.PRINT, meeting.organization)
    invited = Application.objects.visible_to(work.actor).invited_to(meeting)

    printed: deque[Printed] = deque()

    def sheets_of_chunk(ids: list[int]) -> Sheets:
        found = invited.filter(pk__in=ids).in_bulk()
        # Applicants who have withdrawn or were decided on meanwhile get no notice.
        told = [found[pk] for pk in ids if pk in found]
        printed.append({one.pk: (0, {}, new_code()) for one in told})
        if not told:
            return NOTHING
        codes = list(codes_of(printed[-1]).values())
        return meeting_papers.sheets_of(meeting_papers.INVITATION, told[0].organization, told, codes=codes)

    def lay_out(chunks: Iterator[list[int]]) -> Generator[bytes, None, None]:
        for pdf in render_all(map(sheets_of_chunk, chunks)):
            facts = printed.popleft()
            yield _with_facts(pdf, facts) if facts else b""

    work.each(
        work.params["applications"],
        MAX_NOTICES_PER_PART,
        lambda part: work.keep_part(part) if part else None,
        prepare=lay_out,
    )
    parts = [_split_facts(part) for part in work.parts()]
    if not parts:
        work.finish(people=0)
        return
    data = bundle(meeting_papers.INVITATION, (pdf for pdf, _facts in parts))
    with transaction.atomic():
        codes = {pk: code for _pdf, facts in parts for pk, code in codes_of(facts).items()}
        record_notices(meeting_papers.INVITATION.code, meeting, codes, by=work.actor)
        name = f"{meeting_papers.INVITATION.code}-{timezone.localdate():%Y-%m-%d}.pdf"
        # Each notice has one page.
        work.finish(data, name=name, people=page_count(data))


@job("documents.print_day", _("Printing of the members registered on a day"), short=of_few)
def print_day(work: Work) -> None:
    """Print the list of `params["lines"]` below `params["place"]` on `params["day"]`, in parts."""
    place = Organization.objects.visible_to(work.actor).select_related("federation").get(pk=work.params["place"])
    require(work.actor, Permission.PRINT, place)
    found = BookLine.objects.visible_to(work.actor).select_related("unit__parent").in_bulk(work.params["lines"])
    lines = [found[pk] for pk in work.params["lines"] if pk in found]
    batch = Batch(place, frozenset({DataClass.GENERAL}), place.today, work.params.get("code", ""))
    day = dt.date.fromisoformat(work.params["day"])
    pages = state_on_day.build(place, day, lines, units=work.params["units"], batch=batch)

    form = state_on_day.STATE
    work.each(range(len(pages)), state_on_day.PAGES, work.keep_part, prepare=_pages(form, pages, batch))
    record_other_print(form.code, place, organization=place, code=batch.code, by=work.actor, rule="V-B7")
    _finish(work, form, day, state_on_day.PAGES)


@job("documents.print_list", _("Printing of a list of members"), short=of_few)
def print_list(work: Work) -> None:
    """Print the list `params["ids"]` of `params["place"]` with its columns and filters, in parts."""
    actor = work.actor
    place = Organization.objects.visible_to(actor).select_related("federation").get(pk=work.params["place"])
    require(actor, Permission.PRINT, place)
    columns, listing = with_keys(work.params["columns"], actor), MemberFilter(work.params["filters"], actor=actor)
    batch = replace(batch_for(actor, place), code=work.params.get("code", ""))
    # Some may have left the scope meanwhile; neither the list nor its record names them.
    seen = set(Member.objects.visible_to(actor).filter(pk__in=work.params["ids"]).values_list("pk", flat=True))
    ids = [pk for pk in work.params["ids"] if pk in seen]
    listed = paper_list(ids, columns, listing)
    pages = screen_list.build(place, listed, batch)

    form = screen_list.LIST
    work.each(range(len(pages)), screen_list.PAGES, work.keep_part, prepare=_pages(form, pages, batch))
    keys = [column.key for column in columns]
    record_list_print(place, keys, members=ids, code=batch.code, by=actor)
    _finish(work, form, timezone.localdate(), screen_list.PAGES)


@job("documents.print_people", _("Printing of a list of the organisation's members"), short=of_few)
def print_people(work: Work) -> None:
    """Print the paper `params["paper"]` of `params["place"]` about the members `params["ids"]`, in parts."""
    actor, paper = work.actor, papers()[work.params["paper"]]
    place = Organization.objects.visible_to(actor).select_related("federation").get(pk=work.params["place"])
    require(actor, Permission.PRINT, place)
    check_readable(paper.data_classes, by=actor)
    found = Member.objects.visible_to(actor).registered().select_related("cell").in_bulk(work.params["ids"])
    batch = replace(batch_for(actor, place), code=work.params.get("code", ""))
    pages = paper.build(place, [found[pk] for pk in work.params["ids"] if pk in found], batch)

    work.each(range(len(pages)), list_pages.PAGES, work.keep_part, prepare=_pages(paper, pages, batch))
    record_other_print(paper.code, place, organization=place, code=batch.code, by=actor, rule="V-B6")
    _finish(work, paper, timezone.localdate(), list_pages.PAGES)
