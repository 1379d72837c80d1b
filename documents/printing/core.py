"""The printing core: what a paper is, which papers there are, and the one way from contexts to a PDF."""

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
from django.utils.translation import override

from registry.enums import DataClass

from .engine.merging import merge
from .engine.presses import lay_out_all
from .engine.sheets import Sheets, own_names
from .rules import prints_here

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from members.people.models import Member
    from registry.access import Actor
    from registry.charters.base import Charter
    from registry.organizations.models import Organization


T = TypeVar("T")
#: The modules that declare papers.
PACKAGE = "documents.papers"


@dataclass(frozen=True)
class Paper:
    """What the registry prints on paper, declared in a module of `documents.papers` and found there by `papers()` (ADR 9)."""

    #: Names the paper in addresses and in the records of prints, for ever.
    code: str
    #: Russian, as menus, records and the PDF's title name it.
    title: str
    #: Returns the template's values for each sheet.
    build: Callable[..., Any]
    #: Classes of data that `build` reads. Only those who may read them all may print the paper filled.
    data_classes: frozenset[DataClass] = frozenset({DataClass.GENERAL})
    #: Name of the template and of the style sheet, without their endings; the code where it is left out.
    template: str = ""
    stylesheet: str = ""
    #: Printed on both sides: every sheet of the bundle begins on a new leaf.
    two_sided: bool = False

    def template_names(self, charter: Charter) -> list[str]:
        """Return the names of the charter's own template and of the one common to all."""
        name = self.template or self.code
        return [f"prints/{charter.key}/{name}.html", f"prints/{name}.html"]

    @property
    def stylesheet_name(self) -> str:
        """Return the file name of the paper's style sheet; empty where it has none of its own."""
        name = f"{self.stylesheet or self.template or self.code}.css"
        return name if name in own_names() else ""


@dataclass(frozen=True)
class Form(Paper):
    """A paper about one member; `build` returns the values of one sheet for a member, or of a blank form without one."""

    build: Callable[[Member | None, Batch], Mapping[str, Any]]
    two_sided: bool = True
    #: Printed for applicants too, before they are members.
    for_applicants: bool = False
    #: Relations that a sheet reads, so that many cost no more queries than one.
    related: tuple[str, ...] = ()
    prefetched: tuple[str, ...] = ()
    #: Fields of the card that the paper shows; what of them is empty is left to be written by hand.
    fields: tuple[str, ...] = ()
    #: The same of the organisation that keeps the card, and of the operator of personal data.
    keeper_fields: tuple[str, ...] = ()
    operator_fields: tuple[str, ...] = ()
    #: What a sheet carries, for the print record, where the paper is continued line by line (V-B2).
    carries: Callable[[Member, Batch], Mapping[str, Any]] | None = None

    def members(self, queryset: QuerySet[Member]) -> QuerySet[Member]:
        """The members with everything at hand that the form shows."""
        return queryset.select_related("organization__federation", *self.related).prefetch_related(*self.prefetched)


@dataclass
class Batch:
    """What the sheets of one print have in common; values that cost a query are asked for once."""

    organization: Organization
    reads: frozenset[DataClass]
    today: dt.date
    _known: dict[Any, Any] = field(default_factory=dict)
    _pictures: dict[str, bytes] = field(default_factory=dict)

    @property
    def charter(self) -> Charter:
        return self.once("charter", lambda: self.organization.federation.charter)

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """The value of the key, made at the first call."""
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]

    def keeper(self, member: Member | None) -> Organization | None:
        """The organisation that keeps the card; of a blank the batch's own, or the one above its cell, if it is one."""
        if member is not None:
            return member.organization
        own, charter = self.organization, self.charter
        if own.level == charter.keeper:
            return own
        return own.parent if own.level == charter.cell and own.parent and own.parent.level == charter.keeper else None

    def superiors(self, organization: Organization) -> list[Organization]:
        """The superiors from the top."""
        return self.once(("superiors", organization.pk), organization.ancestors)

    def operator(self, organization: Organization) -> Organization:
        """The operator of personal data for people of the organisation (practice 2.1)."""
        return self.once(("operator", organization.pk), organization.operator)

    def picture(self, name: str, data: bytes) -> str:
        """Hand over the bytes of a picture; returns the address that a template puts into `src`."""
        self._pictures[name] = data
        return f"registry:picture/{name}"

    def take_pictures(self) -> dict[str, bytes]:
        """The pictures handed over so far; they are forgotten here."""
        taken, self._pictures = self._pictures, {}
        return taken


def reads_of(actor: Actor) -> frozenset[DataClass]:
    """Return the classes of data that the actor's papers may show."""
    return frozenset(data_class for data_class in DataClass if actor.reads(data_class))


def batch_for(actor: Actor, organization: Organization) -> Batch:
    """Return a batch of today in the name of the organisation, showing what the actor may read."""
    return Batch(organization, reads_of(actor), timezone.localdate())


@cache
def papers() -> dict[str, Paper]:
    """Return every paper there is, by code: each module of `documents.papers` is asked for those that it declares.

    Raises `ValueError` where two papers have the same code.
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
    """Return the title of the paper in a record of prints; the code itself for one that is printed no more."""
    return papers()[code].title if code in papers() else code


def forms() -> dict[str, Form]:
    """Return the papers that are about one member, by code."""
    return {code: paper for code, paper in papers().items() if isinstance(paper, Form)}


def forms_of(charter: Charter) -> list[Form]:
    """Return the forms of a federation in the order of its menu. Raises `KeyError` for a code without a form."""
    return [forms()[code] for code in charter.forms]


def forms_for(actor: Actor) -> list[Form]:
    """The forms of his federation that the actor's organisation prints and of which he may read everything."""
    own = actor.organization
    if own is None:
        return []
    found = [form for form in forms_of(own.charter) if prints_here(form.code, own)]
    return [form for form in found if all(actor.reads(data_class) for data_class in form.data_classes)]


def sheets_for(paper: Paper, contexts: Iterable[Mapping[str, Any]], batch: Batch) -> Sheets:
    """The sheets of the contexts, ready to be laid out."""
    template = select_template(paper.template_names(batch.charter))
    # Papers are Russian whatever the language of the screen.
    with override("ru"):
        sheets = [mark_safe(template.render(dict(context))) for context in contexts]
    html = render_to_string(
        "prints/document.html",
        {
            "title": paper.title,
            "sheets": sheets,
            "stylesheet": paper.stylesheet_name,
            "two_sided": paper.two_sided,
        },
    )
    return Sheets(html, batch.take_pictures(), paper.two_sided)


def render(paper: Paper, contexts: Iterable[Mapping[str, Any]], batch: Batch) -> bytes:
    """One PDF of the sheets: tagged for screen readers, Russian, fonts embedded, the same bytes every time."""
    return laid_out(sheets_for(paper, contexts, batch))


def render_long(paper: Paper, pages: Sequence[Mapping[str, Any]], size: int, batch: Batch) -> bytes:
    """One PDF of these pages, laid out so many at a time: the cost of a page grows with the length of the document."""
    return bundle(paper, (render(paper, pages[n : n + size], batch) for n in range(0, len(pages), size)))


def laid_out(sheets: Sheets) -> bytes:
    """The PDF of the sheets."""
    # WeasyPrint takes half a second to load, so it is loaded where something is laid out (ADR 7).
    from .engine.layout import lay_out  # noqa: PLC0415

    return lay_out(sheets)


def render_all(parts: Iterable[Sheets]) -> Generator[bytes, None, None]:
    """The PDF of each part in their order, for `bundle`; several processes lay them out side by side."""
    return lay_out_all(parts, settings.PRINT_PROCESSES)


def bundle(paper: Paper, chunks: Iterable[bytes]) -> bytes:
    """One PDF of the chunks, with its tags. Raises `ValueError` without a chunk."""
    return merge(chunks, leaves=paper.two_sided)


def blank(form: Form, batch: Batch) -> bytes:
    """The empty form for the table in the corridor."""
    return render(form, [form.build(None, batch)], batch)
