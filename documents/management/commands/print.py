"""The command `print`: writes a paper form as PDF, for members or blank."""

from __future__ import annotations

import math
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from documents.consents.rules import hindering
from documents.printing.core import Form, batch_for, blank, bundle, forms_of, papers
from documents.printing.engine.workers import WorkerStopped
from documents.printing.filters import printed_order
from documents.printing.jobs import MAX_PEOPLE_PER_PART, PAGES_OF_SHEET, record_sheets, sheets_of_many
from documents.printing.packing import MAX_PAGES, Facts
from documents.printing.transitions import record_blank
from members.people.models import Member
from registry import charters
from registry.access import Actor
from registry.organizations.models import Federation, Organization
from registry.requests import number_in

_ACTOR = "print command"
#: Replaces the charter in the list, for papers that are printed on their record's own page.
_ON_A_PAGE = "-"
#: The files with their PDFs, and the function that records the printing.
Paper = tuple[Iterator[tuple[Path, bytes]], Callable[[], object]]


def _id(text: str) -> int:
    """Return the id. Raises `ArgumentTypeError` for invalid text."""
    number = number_in(text)
    if number is None:
        raise ArgumentTypeError(f"«{text}» is no id of a member")
    return number


class Command(BaseCommand):
    """Writes a form for members, by id, or a blank one to a file."""

    help = "Print a paper form as PDF: for members by id, or empty."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("form", nargs="?", help="code of the form; --list names them")
        parser.add_argument(
            "--member", type=_id, nargs="+", action="extend", default=[], metavar="ID", help="members to print for"
        )
        parser.add_argument("--blank", action="store_true", help="the empty form")
        parser.add_argument(
            "--by-hand", action="store_true", help="what a card lacks of a consent is written in by hand"
        )
        parser.add_argument("--federation", metavar="CODE", help="whose form, where there are several federations")
        parser.add_argument("--organization", metavar="CODE", help="of which organisation the empty form is")
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="the PDF to write; more than 100 people are several, FILE-01 …"
        )
        parser.add_argument(
            "--list", action="store_true", help="name the forms of each charter; «-»: printed on a page"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            return self._list()
        if not options["form"] or options["output"] is None:
            raise CommandError("Name a form and --output FILE, or use --list.")
        if bool(options["member"]) == options["blank"]:
            raise CommandError("Say either --member ID … or --blank.")
        papers, record = self._blank(options) if options["blank"] else self._for_members(options)
        self._write(papers, record)
        return None

    def _write(self, papers: Iterator[tuple[Path, bytes]], record: Callable[[], object]) -> None:
        """Write the files and record the prints: both, or nothing."""
        written: dict[Path, Path] = {}
        try:
            for file, data in papers:
                # A device, such as /dev/stdout, is written to and never replaced.
                device = file.exists() and not file.is_file()
                written[file] = file if device else file.with_name(f"{file.name}.part")
                written[file].write_bytes(data)
            with transaction.atomic():
                record()
                for file, part in written.items():
                    if part != file:
                        part.replace(file)
        except OSError as error:
            raise CommandError(f"Cannot write {file}: {error.strerror}.") from error
        except WorkerStopped as error:
            raise CommandError("A process that lays out the papers was stopped; nothing is printed.") from error
        finally:
            for file, part in written.items():
                if part != file:
                    part.unlink(missing_ok=True)
        if len(written) > 1:
            self.stdout.write("\n".join(map(str, written)))

    def _list(self) -> None:
        for key, _title in charters.choices():
            for form in forms_of(charters.get(key)):
                self.stdout.write(f"{key}\t{form.code}\t{form.title}")
        for paper in papers().values():
            if not isinstance(paper, Form):
                self.stdout.write(f"{_ON_A_PAGE}\t{paper.code}\t{paper.title}")

    def _for_members(self, options: dict[str, Any]) -> Paper:
        actor = Actor.system(_ACTOR)
        wanted = list(dict.fromkeys(options["member"]))
        found = Member.objects.visible_to(actor).registered().filter(pk__in=wanted).select_related("federation")
        known = {member.pk: member for member in found}
        missing = [str(pk) for pk in wanted if pk not in known]
        if missing:
            raise CommandError(f"No registered member has the id {', '.join(missing)}.")
        federations = {member.federation for member in known.values()}
        if len(federations) > 1:
            raise CommandError("The members belong to different federations; print them apart.")
        form = self._form(options["form"], federations.pop())
        for member in form.members(Member.objects.visible_to(actor).registered().filter(pk__in=wanted)):
            lacks = form.lacks(member, batch_for(actor, member.organization)) if form.lacks else ()  # type: ignore[arg-type]
            if left := hindering(lacks, by_hand=options["by_hand"]):
                points = ", ".join(str(lack.point) for lack in left)
                raise CommandError(f"The paper of the member {member.pk} lacks what the law requires: {points}.")
        ids = printed_order(wanted, actor)
        facts = Facts()

        size = MAX_PEOPLE_PER_PART
        most = MAX_PAGES // (PAGES_OF_SHEET * size)
        chunks = [ids[start : start + size] for start in range(0, len(ids), size)]

        def pdfs() -> Iterator[bytes]:
            for pdf, printed in sheets_of_many(form, chunks, actor, by_hand=options["by_hand"]):
                facts.add(printed)
                yield pdf

        def papers() -> Iterator[tuple[Path, bytes]]:
            # Memory grows with the pages that are joined, so long prints are several files.
            parts = pdfs()
            for number in range(1, math.ceil(len(chunks) / most) + 1):
                output: Path = options["output"]
                several = len(chunks) > most
                file = output.with_name(f"{output.stem}-{number:02}{output.suffix}") if several else output
                # Chunks are joined while the next ones are rendered.
                yield file, bundle(form, islice(parts, most))

        return papers(), lambda: record_sheets(form, facts, by=actor)

    def _blank(self, options: dict[str, Any]) -> Paper:
        organization = self._organization(options)
        form = self._form(options["form"], organization.federation)
        actor = Actor.system(_ACTOR, organization)
        data = blank(form, batch_for(actor, organization, blank=True))
        return iter([(options["output"], data)]), lambda: record_blank(form.code, by=actor)

    def _organization(self, options: dict[str, Any]) -> Organization:
        """Return the organisation of the blank form, by default the head of the federation."""
        federations = Federation.objects.order_by("code")
        if options["federation"]:
            federations = federations.filter(code=options["federation"])
        known = list(federations)
        if len(known) != 1:
            codes = ", ".join(Federation.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(f"Say --federation CODE, one of: {codes}.")
        within = Organization.objects.filter(federation=known[0]).select_related("federation", "parent")
        code = options["organization"]
        found = within.filter(code=code).first() if code else within.filter(parent=None).first()
        if found is None:
            raise CommandError(f"There is no organisation with the code {code}.")
        return found

    def _form(self, code: str, federation: Federation) -> Form:
        known = {form.code: form for form in forms_of(federation.charter)}
        if code not in known:
            raise CommandError(f"This federation has no form «{code}». Its forms: {', '.join(known)}.")
        return known[code]
