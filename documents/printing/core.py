"""The printing core: declarations of papers, their discovery, and rendering to PDF."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.template.loader import render_to_string, select_template
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import override

from documents.clauses.models import FormText
from documents.clauses.queries import clauses_on
from members.people.rules.fields import label_of
from registry.enums import DataClass
from registry.monitoring import check_fonts

from .codes import in_groups, new_code
from .engine.merging import merge
from .engine.sheets import Sheets, Volume, style_names
from .engine.workers import work_all
from .fitting import Fits
from .rules import prints_here
from .russian import FIELD_WORDS
from .typography import bound_html

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from documents.consents.rules import Lack
    from members.people.models import Member
    from registry.access import Actor
    from registry.charters.base import Charter
    from registry.organizations.models import Organization


T = TypeVar("T")
#: Package of the modules that declare papers.
PACKAGE = "documents.papers"


@dataclass(frozen=True)
class Paper:
    """A printed paper, declared in a module of `documents.papers` and discovered by `papers()` (ADR 9)."""

    #: Identifies the paper in URLs and print records; never changes.
    code: str
    #: Russian title in menus, records and the PDF.
    title: str
    #: Returns the template's values for each sheet.
    build: Callable[..., Any]
    #: Classes of data that `build` reads. Only actors who may read them all may print the filled paper.
    data_classes: frozenset[DataClass] = frozenset({DataClass.GENERAL})
    #: Names of template and style sheet without extension; by default the code.
    template: str = ""
    stylesheet: str = ""
    #: Whether it is printed on both sides, so that each sheet of a bundle begins on a new leaf.
    two_sided: bool = False
    #: Whether the paper is archived for decades, so that its PDF is PDF/A: minutes, acts, books, journals.
    archived: bool = False
    #: Whether the paper is also offered as a Word file, so that users can edit the text.
    as_word: bool = False
    #: Code of the paper whose clauses it prints, if it has none of its own.
    text_of: str = ""
    #: Returns sheets with every clause and blank lines for the facts, to preview a text. Forms use blank forms instead.
    specimens: Callable[[Batch], Sequence[Mapping[str, Any]]] | None = None

    def template_names(self, charter: Charter) -> list[str]:
        """Return the names of the charter's own template and of the common one."""
        name = self.template or self.code
        return [f"prints/{charter.key}/{name}.html", f"prints/{name}.html"]

    @property
    def stylesheet_name(self) -> str:
        """The file name of the paper's style sheet, or an empty string."""
        name = f"{self.stylesheet or self.template or self.code}.css"
        return name if name in style_names() else ""


@dataclass(frozen=True)
class Additions:
    """Lines missing on the paper card, in their places, and the card's contents after printing them."""

    #: Rows of each table for the template; `new` and `closed` mark the halves printed now.
    rows: Mapping[str, list[dict[str, Any]]]
    entrance: bool
    carried: Mapping[str, Any]
    count: int
    #: Whether a printed line is no longer true: it must be struck out by hand, or the card printed again.
    outdated: bool
    #: Whether a table is full, so that a new card is needed.
    no_room: bool


@dataclass(frozen=True)
class Form(Paper):
    """A paper about one member; `build` returns the values of the sheet for a member, or of a blank form for None."""

    build: Callable[[Member | None, Batch], Mapping[str, Any]]
    two_sided: bool = True
    #: Whether it is also printed for applicants, before they are members.
    for_applicants: bool = False
    #: Relations to load in advance, so that the number of queries is constant.
    related: tuple[str, ...] = ()
    prefetched: tuple[str, ...] = ()
    #: Fields of the card on the paper; empty ones are left to be filled in by hand.
    fields: tuple[str, ...] = ()
    #: Fields on the paper of the organisation that keeps the card, and of the operator of personal data.
    keeper_fields: tuple[str, ...] = ()
    operator_fields: tuple[str, ...] = ()
    #: Returns the lines on a sheet for the print record, if the paper is continued line by line (V-B2).
    carries: Callable[[Member, Batch], Mapping[str, Any]] | None = None
    #: Returns the details required by law that the sheet would lack; such a sheet is not printed (V-C5).
    lacks: Callable[[Member, Batch], Sequence[Lack]] | None = None
    #: Returns the lines missing on a sheet with the recorded ones, or None if it cannot be continued.
    additions_for: Callable[[Member, Batch, Mapping[str, Any]], Additions | None] | None = None
    #: Returns the values of a sheet with only these lines, each in its place.
    build_additions: Callable[[Member, Batch, Additions], Mapping[str, Any]] | None = None
    #: Returns the values without labels and lines, if the paper is also printed onto bought blanks.
    build_values: Callable[[Member, Batch], Mapping[str, Any]] | None = None
    #: Whether existing paper is printed on both sides; otherwise each page is inserted by hand.
    onto_sides: bool = True

    @property
    def onto_blanks(self) -> bool:
        """Return whether the form can be printed onto bought blanks."""
        return self.build_values is not None

    def members(self, queryset: QuerySet[Member]) -> QuerySet[Member]:
        """Return the members with the related records that the form shows."""
        return queryset.select_related("organization__federation", *self.related).prefetch_related(*self.prefetched)


@dataclass
class Batch:
    """Shared state of the sheets in one print; values that cost a query are loaded once."""

    organization: Organization
    reads: frozenset[DataClass]
    #: The day of the print at the organisation whose paper it is.
    today: dt.date
    #: Verification code of the paper; empty for blank forms and previews. If each sheet is a separate paper, its values
    #: have the code as `paper_code`.
    code: str = ""
    #: Clauses to be printed instead of those in force, for the preview of a new version.
    proposed: Mapping[str, str] | None = None
    _known: dict[Any, Any] = field(default_factory=dict)
    _pictures: dict[str, bytes] = field(default_factory=dict)

    def day_of(self, moment: dt.datetime) -> dt.date:
        """Return the day of the moment at the organisation."""
        return timezone.localdate(moment, self.organization.tz)

    @property
    def charter(self) -> Charter:
        return self.once("charter", lambda: self.organization.federation.charter)

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """Return the value of the key, computed at the first call."""
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]

    def keeper(self, member: Member | None) -> Organization | None:
        """Return the organisation that keeps the card; for a blank form the batch's own, or the one above its cell."""
        if member is not None:
            return member.organization
        own, charter = self.organization, self.charter
        if charter.keeps_cards(own.level):
            return own
        return (
            own.parent if own.level == charter.cell and own.parent and charter.keeps_cards(own.parent.level) else None
        )

    def clauses(self, form: str, day: dt.date) -> Mapping[str, str]:
        """Return the clauses of the form's text that are printed on the day, by name."""
        if self.proposed is not None:
            return self.proposed
        federation = self.organization.federation
        of_form = FormText.objects.of_form(federation, form)
        versions = self.once(("clauses", form), lambda: list(of_form) if self.charter.clauses_of(form) else [])
        return clauses_on(day, versions, form, self.charter)

    def superiors(self, organization: Organization) -> list[Organization]:
        """Return the superiors from the top."""
        return self.once(("superiors", organization.pk), organization.ancestors)

    def operator(self, organization: Organization) -> Organization:
        """Return the operator of personal data for members of the organisation (practice 2.1)."""
        return self.once(("operator", organization.pk), organization.operator)

    def picture(self, name: str, data: bytes) -> str:
        """Add a picture and return its URL for `src` in a template."""
        self._pictures[name] = data
        return f"registry:picture/{name}"

    def take_pictures(self) -> dict[str, bytes]:
        """Return the pictures added so far and clear them."""
        taken, self._pictures = self._pictures, {}
        return taken


def reads_of(actor: Actor) -> frozenset[DataClass]:
    """Return the classes of data that papers may show to the actor."""
    return frozenset(data_class for data_class in DataClass if actor.reads(data_class))


def batch_for(actor: Actor, organization: Organization, *, blank: bool = False) -> Batch:
    """Return a batch dated today for the organisation, with the classes of data that the actor may read.

    Unless it is for a blank form, it has a new verification code, which has to be recorded with the print.
    """
    return Batch(organization, reads_of(actor), organization.today, "" if blank else new_code())


@cache
def papers() -> dict[str, Paper]:
    """Return all papers by code, as declared in the modules of `documents.papers`.

    Raises `ValueError` if two papers have the same code.
    """
    package = importlib.import_module(PACKAGE)
    found: dict[str, Paper] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for paper in vars(module).values():
            if isinstance(paper, Paper) and found.setdefault(paper.code, paper) is not paper:
                raise ValueError(f"Two papers have the code {paper.code}.")
    return found


def title_of(code: str) -> str:
    """Return the title of a paper in print records, or the code of one that no longer exists."""
    return papers()[code].title if code in papers() else code


def titles() -> dict[str, str]:
    """Return the titles of all papers by code."""
    return {code: paper.title for code, paper in papers().items()}


def forms() -> dict[str, Form]:
    """Return the papers about one member, by code."""
    return {code: paper for code, paper in papers().items() if isinstance(paper, Form)}


def forms_of(charter: Charter) -> list[Form]:
    """Return the forms of a federation in the order of its menu. Raises `KeyError` for an unknown code."""
    return [forms()[code] for code in charter.forms]


def forms_for(actor: Actor) -> list[Form]:
    """Return the forms that the actor's organisation prints and whose data the actor may read completely."""
    own = actor.organization
    if own is None:
        return []
    found = [form for form in forms_of(own.charter) if prints_here(form.code, own)]
    return [form for form in found if all(actor.reads(data_class) for data_class in form.data_classes)]


def sheets_for(paper: Paper, contexts: Iterable[Mapping[str, Any]], batch: Batch) -> Sheets:
    """Return the sheets of the contexts, ready to be rendered.

    A context may have an `outline` (title in the PDF outline), a `paper_code` (verification code of this sheet) and
    `signed_on` (day of the signature, whose form text is used).
    """
    # Papers are in Russian, regardless of the interface language.
    with override("ru"):
        sheets = [
            (mark_safe(_sheet(paper, one, batch)), one.get("outline", ""), in_groups(one.get("paper_code", batch.code)))
            for one in contexts
        ]
    html = render_to_string(
        "prints/document.html",
        {
            "title": paper.title,
            "sheets": sheets,
            "stylesheet": paper.stylesheet_name,
            "two_sided": paper.two_sided,
        },
    )
    return Sheets(html, batch.take_pictures(), paper.two_sided, paper.archived, isinstance(paper, Form))


def fits_of(paper: Paper, context: Mapping[str, Any], batch: Batch) -> Fits:
    """Return the values of a sheet that will be printed in small letters or truncated."""
    fits = Fits()
    with override("ru"):
        _laid_out(paper, context, batch, fits)
    return fits


def _sheet(paper: Paper, context: Mapping[str, Any], batch: Batch) -> str:
    """Return the HTML of a sheet; a form is followed by a page with the full text of truncated values."""
    fits = Fits() if isinstance(paper, Form) else None
    html = _laid_out(paper, context, batch, fits)
    if fits is not None and fits.cut:
        values = [(word_for(path, batch.charter), text) for path, text in fits.cut]
        html += render_to_string("prints/continued.html", {"values": values, "title": paper.title})
    return bound_html(html)


def _laid_out(paper: Paper, context: Mapping[str, Any], batch: Batch, fits: Fits | None) -> str:
    """Return the HTML of the template."""
    clauses = batch.clauses(paper.text_of or paper.code, context.get("signed_on") or batch.today)
    return select_template(paper.template_names(batch.charter)).render({**context, "fits": fits, "clauses": clauses})


def word_for(path: str, charter: Charter) -> str:
    """Return the label of the value at the path of a template, such as `card.street`, or an empty string."""
    name = path.rpartition(".")[2]
    word = FIELD_WORDS.get(path) or FIELD_WORDS.get(name) or (label_of(name, charter) if name in charter.fields else "")
    return str(capfirst(str(word)))


def render(paper: Paper, contexts: Iterable[Mapping[str, Any]], batch: Batch) -> bytes:
    """Return one tagged PDF of the contexts with embedded fonts; the output is reproducible."""
    return lay_out_sheets(sheets_for(paper, contexts, batch))


def render_word(paper: Paper, contexts: Iterable[Mapping[str, Any]], batch: Batch) -> bytes:
    """Return the contexts as one Word file, made from the same sheets as the PDF."""
    return word_of_sheets(paper, sheets_for(paper, contexts, batch))


def word_of_sheets(paper: Paper, sheets: Sheets) -> bytes:
    """Return the sheets as a Word file."""
    # Imported here, because the module is rarely needed and slow to import.
    from .word.writing import word_of  # noqa: PLC0415

    return word_of(sheets, paper.title)


def render_long(paper: Paper, pages: Sequence[Mapping[str, Any]], size: int, batch: Batch) -> bytes:
    """Return one PDF of the pages, rendered `size` at a time because the cost per page grows with the document."""
    return bundle(paper, (render(paper, pages[n : n + size], batch) for n in range(0, len(pages), size)))


def lay_out_sheets(sheets: Sheets) -> bytes:
    """Return the PDF of the sheets. Raises `FontsMissing`."""
    check_fonts()
    # WeasyPrint takes half a second to load, so it is imported only when needed (ADR 7).
    from .engine.layout import lay_out  # noqa: PLC0415

    return lay_out(sheets)


def render_all(parts: Iterable[Sheets]) -> Generator[bytes, None, None]:
    """Yield the PDF of each part in order, for `bundle`; several processes render them in parallel.

    Raises `FontsMissing`.
    """
    check_fonts()
    return work_all(parts, settings.PRINT_PROCESSES)


def bundle_all(paper: Paper, volumes: Iterable[list[bytes]]) -> Generator[bytes, None, None]:
    """Yield what `bundle` returns of the chunks of each volume, in order; several processes join them in parallel."""
    return work_all((Volume(parts, paper.two_sided) for parts in volumes), settings.PRINT_PROCESSES)


def bundle(paper: Paper, chunks: Iterable[bytes]) -> bytes:
    """Return one tagged PDF of the chunks. Raises `ValueError` without a chunk."""
    return merge(chunks, leaves=paper.two_sided)


def preview(paper: Paper, batch: Batch) -> bytes:
    """Return the PDF of a paper without values, to read its clauses. Raises `ValueError` if it has no specimens."""
    if isinstance(paper, Form):
        return blank(paper, batch)
    if paper.specimens is None:
        raise ValueError(f"The paper {paper.code} has no specimens.")
    return render(paper, paper.specimens(batch), batch)


def blank(form: Form, batch: Batch) -> bytes:
    """Return the PDF of the blank form."""
    return render(form, [form.build(None, batch)], batch)
