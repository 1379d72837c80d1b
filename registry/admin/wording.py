"""Events of the journal in words, for the pages of administrators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members.people.rules.fields import card_fields
from members.people.rules.fields import label_of as label_of_field
from registry.access import Actor
from registry.accounts.models import Account
from registry.enums import Role
from registry.journal.actions import label_of
from registry.journal.models import Event
from registry.organizations.models import Organization
from registry.organizations.rules.charters import LABELS as CHARTER_LABELS
from registry.organizations.views.naming import visible_name_of
from registry.requests import number_in
from registry.templatetags.ui import document_in

from ..admin_site import APPS, INSTALLATION

#: Facts that are numbers, with their labels.
_NUMBERS = {
    "count": gettext_lazy("how many"),
    "rows": gettext_lazy("rows"),
    "year": gettext_lazy("year"),
    "version": gettext_lazy("version"),
    "cards": gettext_lazy("cards"),
    "members": gettext_lazy("members"),
    "items": gettext_lazy("agenda items"),
}


@dataclass(frozen=True)
class EventInWords:
    """An event as shown to readers."""

    event: Event
    what: str
    who: str
    capacity: str
    about: str
    facts: str
    ground: str


def in_words(events: Sequence[Event], actor: Actor) -> list[EventInWords]:
    """Return the events in words; names outside the actor's scope are left out (N-H1).

    The events must have `account__home` and `organization__federation` loaded.
    """
    ids = {number for event in events if (number := number_in(event.acting.partition("@")[2]))}
    names = dict(Organization.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "short_name"))
    return [
        EventInWords(
            event,
            capfirst(str(label_of(event.action))),
            _who(event, actor),
            _capacity(event, names),
            about_of(event),
            ", ".join(_facts(event)),
            document_in(event.rule, event.organization),
        )
        for event in events
    ]


def name_of(account: Account | None, actor: Actor) -> str:
    """Return the name of the account's holder if it is in scope, otherwise only that of the federation."""
    home = account.home if account is not None else None
    own = actor.organization
    if own is not None and home is not None and home.federation_id != own.federation_id:
        return _("somebody of another federation")
    return visible_name_of(account, actor)


def _who(event: Event, actor: Actor) -> str:
    if event.account is None and event.acting.partition("#")[0] == INSTALLATION:
        return _("administrator of the installation")
    return name_of(event.account, actor)


def _capacity(event: Event, names: dict[int, str]) -> str:
    role, _at, place = event.acting.partition("@")
    if role not in Role.values:
        return ""
    label, name = capfirst(str(Role(role).label)), names.get(number_in(place) or 0)
    return f"{label}, {name}" if name else label


def about_of(event: Event) -> str:
    """Return the kind of the record with its number."""
    if not event.object_type:
        return ""
    model = _model(event.object_type)
    kind = capfirst(str(model._meta.verbose_name)) if model is not None else _("Record")
    return f"{kind} № {event.object_id}"


@cache
def _model(name: str) -> Any:
    own = (model for model in apps.get_models() if model._meta.app_label in APPS)
    return next((model for model in own if model._meta.model_name == name), None)


def _facts(event: Event) -> Iterator[str]:
    """Yield the facts in words; ids of other records are omitted."""
    for name, value in event.facts.items():
        if name in _NUMBERS and isinstance(value, int):
            yield f"{_NUMBERS[name]}: {value}"
        elif name == "role" and value in Role.values:
            yield str(Role(value).label)
        elif name == "fields" and isinstance(value, list):
            labels = [_field(event, str(field)) for field in value]
            if known := [label for label in labels if label]:
                said = ngettext("field: %(names)s", "fields: %(names)s", len(known))
                yield said % {"names": ", ".join(f"«{label}»" for label in known)}


def _field(event: Event, name: str) -> str:
    model = _model(event.object_type)
    if event.object_type == "federation":
        return str(CHARTER_LABELS.get(name, ""))
    if event.object_type == "member" and name in card_fields() and event.organization is not None:
        return str(label_of_field(name, event.organization.charter))
    try:
        field = model._meta.get_field(name) if model is not None else None
    except FieldDoesNotExist:
        return ""
    return str(getattr(field, "verbose_name", ""))
