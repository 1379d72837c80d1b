"""Context of the frame around every page: navigation, actor, idle time of the session."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.functional import SimpleLazyObject

from dues.payments.rules import check_collects

from .access import Actor
from .display import page_classes, switched_on
from .enums import Level, Permission
from .guides import address_for
from .menu import GROUPS, MAX_UNFOLDED_ENTRIES, NAVIGATION, Entry
from .navigation import address_of
from .requests import cookie_name
from .states import allowed
from .tasks import Counts, known_counts
from .views import seconds_left


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the context of `base.html`; values that cost a query are lazy."""
    actor: Actor | None = getattr(request, "actor", None)
    inside = _for_signed_in(request, actor) if actor is not None and actor.account is not None else {}
    return {
        "actor": actor,
        "display": SimpleLazyObject(lambda: switched_on(request)),
        "page_classes": SimpleLazyObject(lambda: page_classes(request)),
        "administers": actor is not None and (actor.administers or getattr(actor.account, "is_staff", False)),
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
        "help_address": SimpleLazyObject(lambda: address_for(_page(request), actor)),
        "idle_seconds": settings.SESSION_COOKIE_AGE,
        "ends_in_seconds": seconds_left(request),
    }


def _page(request: HttpRequest) -> str:
    """Return the URL name of the page, or an empty string for an address that does not exist."""
    return request.resolver_match.view_name if request.resolver_match else ""


def navigation(request: HttpRequest, actor: Actor, counts: Counts) -> list[dict[str, Any]]:
    """Return the entries that the actor may open, with their known counts, in the order of their groups.

    The current entry is marked. Its group is unfolded; others are as the user left them, by default only that of
    people.
    """
    entries: list[dict[str, Any]] = []
    for entry in NAVIGATION:
        if not _is_offered(entry, actor):
            continue
        own = actor.organization
        url = address_of(entry.url_name, own.pk) if entry.own and own is not None else address_of(entry.url_name)
        if not url:
            continue
        count = counts.shown.get(entry.count)
        entries.append(
            {
                "label": entry.label,
                "hint": entry.hint,
                "url": url,
                "icon": entry.icon,
                "counts": entry.count,
                "count": number_format(count, force_grouping=True) if count else "",
                "tone": "warn" if entry.count == "tasks" else "",
                "group": entry.group,
                "group_label": GROUPS.get(entry.group, ""),
                "current": False,
            }
        )
    # The longest URL that is a prefix of this page, so that adding a member does not mark the list as well.
    path = getattr(request, "stands_under", request.path)
    inside = [e for e in entries if path == e["url"] or (e["url"] != "/" and path.startswith(e["url"]))]
    if inside:
        max(inside, key=lambda e: len(e["url"]))["current"] = True
    here = {e["group"] for e in entries if e["current"]}
    few, chosen = len(entries) <= MAX_UNFOLDED_ENTRIES, _folds(request)
    for shown in entries:
        group = shown["group"]
        shown["open"] = group in here or chosen.get(group, few or group == "people")
    return entries


def _is_offered(entry: Entry, actor: Actor) -> bool:
    """Return whether the entry is available to the actor's rights, organisation and charter."""
    own = actor.organization
    if entry.permissions and not any(actor.may(permission) for permission in entry.permissions):
        return False
    of_charter = entry.blanks or entry.electronic_cards or entry.programme or entry.percentage or entry.cells
    if own is None:
        return not (entry.own or entry.keeper or entry.collects or of_charter)
    charter = own.charter
    return not (
        (entry.keeper and not own.keeps_cards) or (entry.collects and not allowed(check_collects, own))
        or (entry.blanks and not charter.blanks) or (entry.electronic_cards and charter.electronic_cards is None)
        or (entry.programme and not charter.programme_site) or (entry.percentage and not charter.pays_percentage)
        or (entry.no_cell and own.level == charter.cell) or (entry.above and own.level == Level.PRIMARY)
        or (entry.cells and charter.cell is None)
    )  # fmt: skip


def _folds(request: HttpRequest) -> dict[str, bool]:
    """Return the groups that were folded (False) or unfolded (True) in this browser, from the script's cookie."""
    kept = request.COOKIES.get(cookie_name(request, "navigation"), "")[:200]
    parts = (part.partition("-") for part in kept.split("."))
    return {group: value == "1" for group, _dash, value in parts if group in GROUPS}
