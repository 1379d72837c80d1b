"""Context of the frame around every page: navigation, actor, idle time of the session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.formats import number_format
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from .access import Actor
from .display import page_classes, switched_on
from .enums import Level, Permission
from .tasks import Counts, known_counts


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation, shown to actors with any of the permissions, or to everybody if there are none."""

    url_name: str
    label: Any
    icon: str
    #: What the page is for; shown on the help page.
    hint: Any
    permissions: tuple[Permission, ...] = ()
    #: The URL takes the id of the actor's organisation.
    own: bool = False
    #: Only for organisations that keep cards.
    keeper: bool = False
    #: Not for cells below the organisations that keep the cards.
    no_cell: bool = False
    #: Only for organisations that may have subordinate ones.
    above: bool = False
    #: Only under charters with cells below the organisations that keep the cards.
    cells: bool = False
    #: Key of `tasks.known_counts` whose count is shown beside the label.
    count: str = ""


#: Groups of the navigation, separated by lines: people first, then papers, then the organisation.
_GROUPS = {"documents": 1, "organizations": 2, "accounts": 2, "jobs": 2}

NAVIGATION = (
    Entry(
        "start",
        _("Tasks"),
        "list-todo",
        _("What is to be done now and until when; each button leads to where it is done."),
        count="tasks",
    ),
    Entry(
        "members:list",
        _("Members"),
        "users",
        _("Find a person, open the card, print for many at once, download the list."),
        (Permission.VIEW_MEMBERS,),
        count="members",
    ),
    Entry(
        "members:add",
        _("Register"),
        "user-plus",
        _("Enter one person by hand."),
        (Permission.EDIT_MEMBERS,),
        keeper=True,
    ),
    Entry(
        "imports:list",
        _("Load a list"),
        "file-spreadsheet",
        _("Enter many people from an Excel file at once; a mistaken list can be undone."),
        (Permission.IMPORT_MEMBERS,),
        keeper=True,
    ),
    Entry(
        "applications:list",
        _("Applications"),
        "inbox",
        _("Take an application, check its papers, tell the applicant the decision."),
        (Permission.VIEW_MEMBERS,),
        count="applications",
    ),
    Entry(
        "meetings:list",
        _("Meetings"),
        "gavel",
        _("Plan a meeting, make its agenda, enter the decisions, print the minutes."),
        (Permission.VIEW_MEMBERS,),
        no_cell=True,
    ),
    Entry(
        "cells:own_book",
        _("Registration book"),
        "book-open",
        _("Who came and who left, and who was registered on a past day."),
        (Permission.VIEW_MEMBERS,),
    ),
    Entry(
        "cells:proposals",
        _("Proposed changes"),
        "message-square-diff",
        _("What is to be corrected on the cards, as the chairs of the cells ask."),
        (Permission.VIEW_MEMBERS,),
        cells=True,
    ),
    Entry(
        "cells:reconciliations",
        _("Reconciliation"),
        "clipboard-check",
        _("In December: compare the questionnaires with the book and send the report."),
        (Permission.VIEW_MEMBERS,),
        cells=True,
    ),
    Entry(
        "moves:list",
        _("Transfers"),
        "arrow-left-right",
        _("Members who go to another organisation, and arrivals by ticket and code."),
        (Permission.VIEW_MEMBERS,),
    ),
    Entry(
        "dues:overview",
        _("Dues"),
        "wallet",
        _("Rates and arrears. A payment is entered on the card, on the tab «Dues»."),
        (Permission.VIEW_DUES,),
    ),
    Entry(
        "documents:consents",
        _("Consents"),
        "file-check",
        _("Print consents and mark the signed ones with their date."),
        (Permission.MARK_CONSENTS, Permission.VIEW_MEMBERS),
    ),
    Entry(
        "documents:print",
        _("Printing"),
        "printer",
        _("Papers filled from the cards, and empty forms."),
        (Permission.PRINT,),
    ),
    Entry(
        "organizations:detail",
        _("Organisation"),
        "building-2",
        _("Passport of your organisation, its name and governing bodies."),
        (Permission.VIEW_ORGANIZATIONS, Permission.EDIT_PASSPORT),
        own=True,
    ),
    Entry(
        "organizations:tree",
        _("Subordinate organisations"),
        "network",
        _("Organisations below yours and their figures."),
        (Permission.FOUND_ORGANIZATIONS, Permission.VIEW_ORGANIZATIONS),
        above=True,
    ),
    Entry(
        "accounts:list",
        _("Accounts"),
        "key-round",
        _("Give access, print the slip with the password, block an account."),
        (Permission.MANAGE_ACCOUNTS,),
    ),
    Entry(
        "organizations:journal",
        _("Journal"),
        "scroll-text",
        _("Who did what in the registry and when."),
        (Permission.VIEW_JOURNAL,),
    ),
    Entry(
        "jobs:list",
        _("Jobs"),
        "hourglass",
        _("Progress of long prints and downloads, and their results."),
        (Permission.PRINT, Permission.EXPORT, Permission.IMPORT_MEMBERS),
    ),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the context of `base.html`; values that cost a query are lazy."""
    actor: Actor | None = getattr(request, "actor", None)
    inside = _for_signed_in(request, actor) if actor is not None and actor.account is not None else {}
    return {
        "actor": actor,
        "display": SimpleLazyObject(lambda: switched_on(request)),
        "page_classes": SimpleLazyObject(lambda: page_classes(request)),
        "may_search": actor is not None and actor.may(Permission.VIEW_MEMBERS),
        "appointments": getattr(request, "appointments", []),
        "nav": [],
        "idle_seconds": 0,
        "demo": getattr(settings, "DEMO", False),
    } | inside


def _for_signed_in(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    counts: Any = SimpleLazyObject(lambda: known_counts(actor))
    return {
        "nav": SimpleLazyObject(lambda: navigation(request, actor, counts)),
        "counts_known": counts,
        "idle_seconds": settings.SESSION_COOKIE_AGE,
    }


def navigation(request: HttpRequest, actor: Actor, counts: Counts) -> list[dict[str, Any]]:
    """Return the entries that the actor may open, with their known counts; the current one is marked."""
    entries: list[dict[str, Any]] = []
    before = 0
    for entry in NAVIGATION:
        if entry.permissions and not any(actor.may(p) for p in entry.permissions):
            continue
        own = actor.organization
        if entry.own and own is None:
            continue
        if entry.keeper and not (own is not None and own.keeps_cards):
            continue
        if entry.no_cell and own is not None and own.level == own.charter.cell:
            continue
        if entry.above and own is not None and own.level == Level.PRIMARY:
            continue
        if entry.cells and (own is None or own.charter.cell is None):
            continue
        try:
            url = reverse(entry.url_name, args=[own.pk] if entry.own and own is not None else [])
        except NoReverseMatch:
            continue
        count = counts.shown.get(entry.count)
        group = _GROUPS.get(entry.url_name.split(":")[0], 0)
        entries.append(
            {
                "label": entry.label,
                "hint": entry.hint,
                "url": url,
                "icon": entry.icon,
                "counts": entry.count,
                "count": number_format(count, force_grouping=True) if count else "",
                "tone": "warn" if entry.count == "tasks" else "",
                "current": False,
            }
            | {"apart": group != before}
        )
        before = group
    # The longest URL that is a prefix of this page, so that adding a member does not mark the list as well.
    path = getattr(request, "stands_under", request.path)
    inside = [e for e in entries if path == e["url"] or (e["url"] != "/" and path.startswith(e["url"]))]
    if inside:
        max(inside, key=lambda e: len(e["url"]))["current"] = True
    return entries
