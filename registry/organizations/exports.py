"""Export of the structure as a workbook in the format of the list import."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.access import Actor
from registry.answers import WORKBOOK
from registry.enums import Level
from registry.jobs.kinds import job
from registry.jobs.work import Work
from registry.sizes import CHUNK_READ
from registry.spreadsheets.writing import Workbook

from .models import Organization

#: Maximum number of organisations exported within the request; more are exported by a job.
MAX_DIRECT_ROWS = 3000
KIND = "organizations.structure"
#: Columns that the import reads; the template contains only these.
IMPORTED_COLUMNS = (
    (gettext_lazy("Superior organisation"), 22),
    (gettext_lazy("Level"), 24),
    (gettext_lazy("Full name"), 60),
    (gettext_lazy("Short name"), 34),
    (gettext_lazy("Code"), 12),
    (gettext_lazy("INN"), 14),
    (gettext_lazy("OGRN"), 16),
    (gettext_lazy("Chair"), 34),
    (gettext_lazy("Telephone"), 20),
    (gettext_lazy("E-mail"), 26),
    (gettext_lazy("Postal address"), 50),
    (gettext_lazy("Founded on"), 14),
)
_EXPORT_ONLY_COLUMNS = (
    (gettext_lazy("Status"), 16),
    (gettext_lazy("Members"), 10),
    (gettext_lazy("Passport, %"), 12),
)


def structure(actor: Actor) -> bytes:
    """Return a workbook of all organisations below the actor's, superiors before subordinates."""
    own = actor.organization
    visible = Organization.objects.visible_to(actor)
    codes = dict(visible.values_list("pk", "code"))
    below = visible.working().exclude(pk=own.pk if own else 0).select_related("federation", "passport", "figures")

    def rows() -> Iterable[list[Any]]:
        for o in below.order_by("path").iterator(chunk_size=CHUNK_READ):
            yield [
                codes.get(o.parent_id or 0, ""), capfirst(str(o.charter.levels[Level(o.level)])), o.full_name,
                o.short_name, o.code, o.inn, o.ogrn, o.chair_name, o.phone, o.email, o.postal_address, o.founded_on,
                o.get_status_display(), o.figures.members, o.passport.completeness,
            ]  # fmt: skip

    return workbook([*IMPORTED_COLUMNS, *_EXPORT_ONLY_COLUMNS], rows())


def template(parent: Organization) -> bytes:
    """Return an empty list with its headings and the allowed levels."""
    levels = [str(title) for level, title in parent.charter.levels.items() if level.depth > Level(parent.level).depth]
    return workbook(list(IMPORTED_COLUMNS), [], note=levels)


def workbook(columns: list[tuple[Any, int]], rows: Iterable[list[Any]], note: list[str] | None = None) -> bytes:
    """Return a workbook of the rows under their headings; no cell is a formula or a link."""
    with Workbook(constant_memory=True) as book:
        page = book.add_page(_("Organisations"), [(str(heading), width) for heading, width in columns])
        for number, row in enumerate(rows, start=1):
            for at, value in enumerate(row):
                book.write(page, number, at, value)
        if note:
            allowed = book.add_page(_("Allowed values"), [(_("Level"), 40)])
            for number, text in enumerate(note, start=1):
                book.write(allowed, number, 0, text)
    return book.data


def file_name() -> str:
    """Return the file name of the download, without the organisation's name."""
    return _("structure") + f"-{timezone.localdate():%Y-%m-%d}.xlsx"


@job(KIND, gettext_lazy("Structure as a spreadsheet"))
def structure_job(work: Work) -> None:
    """Export the structure of a large federation."""
    work.finish(work.read(lambda: structure(work.actor)), name=file_name(), content_type=WORKBOOK)
