"""Search, filters, sorting and selection of the member list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from documents.consents.queries import state_for
from dues.ledger.queries.figures import with_standing
from members.book.enums import RegistrationReason
from members.book.models import Registration
from members.lists.enums import BatchState
from members.lists.models import ImportBatch
from registry.access import Actor
from registry.days import OLDEST_AGE, last_birth_date
from registry.enums import DataClass, Permission
from registry.indexes import first_by_name, lookup_among
from registry.organizations.models import Organization
from registry.organizations.queries import ids_of_few, recent_totals, recent_totals_under
from registry.requests import ids_in, say_missing

from .enums import OPEN_CONSENTS, ConsentState, Sex
from .filter_fields import (
    YES_NO,
    CardStatuses,
    Dates,
    Filled,
    Filters,
    Integers,
    choice,
    in_words,
    is_blank,
    is_empty,
    option,
    optional_columns,
    with_not_given,
)
from .models import Member, MemberQuerySet
from .rules.fields import known_choices, told_alone
from .rules.person import cell_names
from .search import QUERY_LENGTH, matching
from .sorting import NAME, order_by

#: Purpose of a consent → filter by the state of the consent.
FILTERS_OF_PURPOSES = {"processing": "consent", "transfer": "transfer", "publication": "publication"}
_CONSENTS = [("wanted", _("to be printed")), *ConsentState.choices]
#: Maximum number of people that pages, counts and selections cover; larger results have to be narrowed.
MAX_FOUND = 20_000
#: Maximum number of results of a search among more than `MAX_FOUND` people.
MAX_SEARCHED = 1_000
#: Maximum number of organisations in a drop-down; beyond it one is chosen on a separate page.
MAX_IN_DROPDOWN = 60
_MAX_BATCHES = 20

#: Query parameters that are not filters; the others may be saved under a name.
NOT_FILTERS = {"q", "sort", "page"}


class MemberFilter(Filters):
    """Search and filters over the registered members that the actor may see; the charter determines the options.

    Invalid parameters find nobody and are shown as errors.
    """

    q = django_filters.CharFilter(
        label=_("Search in this list"),
        help_text=_(
            "Surname, names in any order, ticket №, SNILS, date of birth or telephone; the beginning is enough."
        ),
        max_length=QUERY_LENGTH,
        method="search",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    organization = django_filters.ModelChoiceFilter(
        label=_("organisation"), queryset=Organization.objects.visible_to(None), empty_label=_("any"), method="within"
    )
    cell = choice(label=_("primary cell"), method="in_cell")
    consent = choice(_CONSENTS, label=_("consent"), method="of_consent")
    transfer = choice(_CONSENTS, label=_("consent to the transfer"), method="of_consent")
    publication = choice(_CONSENTS, label=_("consent to publication"), method="of_consent")
    complete = choice(
        [("yes", _("complete")), ("no", _("something is missing"))],
        label=_("completeness of the card"),
        method="completeness",
    )
    reprint = choice(
        [("yes", _("print again")), ("no", _("as printed"))], label=_("paper card"), method="to_print_again"
    )
    outside = choice(YES_NO, label=_("arrived from outside the registry"), method="from_outside")
    sex = option(Sex.choices, label=_("sex"))
    age_from = Integers(label=_("age from"), min_value=0, max_value=OLDEST_AGE, method="aged_from")
    age_to = Integers(label=_("age to"), min_value=0, max_value=OLDEST_AGE, method="aged_to")
    birth_month = option(MONTHS.items(), label=_("month of birth"), field_name="birth_date__month")
    category = option(label=_("category"))
    education = option(label=_("education"))
    worker_category = option(label=_("staff category"))
    dues_form = option(label=_("form of paying dues"))
    dues = choice(
        [
            ("arrears", _("in arrears")),
            ("unpaid", _("something to pay")),
            ("entrance", _("entrance fee not paid")),
            ("paid", _("this year is paid")),
            ("advance", _("paid in advance")),
        ],
        label=_("dues"),
        method="of_standing",
    )
    joined_from = Dates(label=_("joined from"), method="joined_since")
    joined_to = Dates(label=_("joined until"), field_name="joined_on", lookup_expr="lte")
    ticket = Filled(label=_("has a ticket"), field_name="ticket_number")
    photo = Filled(label=_("has a photograph"))
    phone = Filled(label=_("has a mobile telephone"), field_name="phone_mobile")
    email = Filled(label=_("has an e-mail address"))
    electronic_card = CardStatuses(label=_("electronic card"))
    empty = choice(label=_("not given on the card"), method="without")
    batch = choice(label=_("loaded list"))

    class Meta:
        model = Member
        fields: list[str] = []

    def __init__(self, data: QueryDict | dict[str, Any], *, actor: Actor) -> None:
        self.actor = actor
        super().__init__(data, queryset=registered(actor))
        self._offer()
        #: The organisation filtered by, if the actor may see it.
        self.place = self._organization()
        #: The stored figures of the scope, and how many people the filters have to search.
        self.totals = recent_totals_under(self.place) if self.place else recent_totals(actor)
        self.reach = self.totals["members"]
        self.form.wide, self.form.most = self.reach > MAX_FOUND, MAX_FOUND

    def _offer(self) -> None:
        """Remove filters that the charter does not have or the actor may not use, and set the options of the others."""
        own = self.actor.organization
        charter = own.charter if own is not None else None
        for name in ("category", "education", "worker_category", "dues_form"):
            if charter is None or name not in charter.fields:
                del self.filters[name]
            else:
                self.filters[name].extra["choices"] = with_not_given(known_choices(name, charter))
        if charter is None:
            del self.filters["empty"]
        else:
            fields = [name for name in charter.fields if name in optional_columns()]
            self.filters["empty"].extra["choices"] = [(name, told_alone(name, charter)) for name in fields]
        reads = self.actor.may(Permission.VIEW_DUES) and self.actor.reads(DataClass.MONEY)
        if charter is None or not charter.charges_dues or not reads:
            del self.filters["dues"]
        if charter is None or charter.electronic_cards is None:
            del self.filters["electronic_card"]
        if own is not None and own.keeps_cards and charter is not None and charter.cell is not None:
            cells = [(str(pk), name) for pk, name in cell_names(own)]
            self.filters["cell"].extra["choices"] = [("none", _("without a cell")), *cells]
        else:
            del self.filters["cell"]
        if own is None or own.keeps_cards or (charter is not None and own.level == charter.cell):
            del self.filters["organization"]
        else:
            self.filters["organization"].queryset = Organization.objects.visible_to(self.actor)
            self.filters["organization"].extra["widget"] = forms.HiddenInput if self._below is None else forms.Select
        for purpose, name in FILTERS_OF_PURPOSES.items():
            if charter is None or purpose not in charter.consents:
                del self.filters[name]
        if batches := self._batches():
            self.filters["batch"].extra["choices"] = batches
        else:
            del self.filters["batch"]

    def _batches(self) -> list[tuple[str, str]]:
        if not self.actor.may(Permission.IMPORT_MEMBERS):
            return []
        applied = ImportBatch.objects.visible_to(self.actor).filter(state=BatchState.APPLIED, applied_at__isnull=False)
        newest = applied.order_by("-applied_at").values_list("pk", "applied_at")[:_MAX_BATCHES]
        return [(str(pk), date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")) for pk, at in newest]

    @cached_property
    def _below(self) -> list[Organization] | None:
        """Return the organisations for the drop-down in tree order, or None if there are too many."""
        # Not in the order of paths, for which PostgreSQL would read the organisations of earlier regions.
        found = list(Organization.objects.visible_to(self.actor).working().order_by("sort_key")[: MAX_IN_DROPDOWN + 1])
        if len(found) > MAX_IN_DROPDOWN:
            return None
        keys = {o.pk: o.sort_key for o in found}
        return sorted(found, key=lambda o: [keys[pk] for pk in (*o.ancestor_ids, o.pk) if pk in keys])

    def _organization(self) -> Organization | None:
        if "organization" not in self.filters:
            return None
        field = self.form.fields["organization"]
        if self._below is not None:
            top = len(self._below[0].ancestor_ids) if self._below else 0
            names = [(o.pk, "\u2003" * (len(o.ancestor_ids) - top) + o.short_name) for o in self._below]
            field.widget.choices = [("", field.empty_label), *names]
        try:
            return field.clean(self.data.get("organization", ""))
        except forms.ValidationError:
            return None

    @property
    def found(self) -> MemberQuerySet:
        """Return the people found in the requested order; nobody if a parameter is invalid."""
        if not self.form.is_valid():
            return self.queryset.none()
        return self.qs.order_by(*(self._order(self.sort) or ()), "sort_key", "pk")

    @cached_property
    def ids(self) -> list[int]:
        """Return the ids of the people found in the requested order, at most `MAX_FOUND`."""
        return self.first(MAX_FOUND)

    def first(self, count: int) -> list[int]:
        """Return the first `count` ids of the people found, in the requested order."""
        if not self.found_first:
            return list(self.found.values_list("pk", flat=True)[:count])
        return self._first_by_name(count)

    @property
    def page_ids(self) -> list[int]:
        """The ids shown on pages, at most `limit`, for searches that fetch matches first."""
        return self._counted[: self.limit]

    @property
    def limit(self) -> int:
        """Maximum number of people that are counted and shown on pages."""
        return min(MAX_SEARCHED, MAX_FOUND) if self.found_first else MAX_FOUND

    @property
    def found_first(self) -> bool:
        """Return whether matches are fetched unordered and sorted in Python.

        In a large federation most of the name index would otherwise be read until there are enough matches.
        """
        return self.searches and self.reach > MAX_FOUND and self.form.is_valid()

    @cached_property
    def _counted(self) -> list[int]:
        return self._first_by_name(self.limit + 1)

    def _first_by_name(self, count: int) -> list[int]:
        named = registered(self.actor)
        for name, value in self.form.cleaned_data.items():
            if name != "q":
                named = self.filters[name].filter(named, value)
        found, typed = self.qs, self.data.get("q", "")
        if (units := ids_of_few(self.place, self.actor, self.reach)) is not None:
            found, named = found.filter(unit__among=units), named.filter(unit__among=units)
        if (condition := matching(typed, "holds")) is not None:
            named = named.filter(condition)
        return first_by_name(found, typed, count, beginning=named, near=units is not None)

    @property
    def sort(self) -> str:
        """Return the requested order, or «name» if there are too many people for any other."""
        wanted = str(self.data.get("sort", ""))
        return wanted if self.reach <= MAX_FOUND and self._order(wanted) is not None else NAME

    def _order(self, wanted: str) -> tuple[Any, ...] | None:
        own = self.actor.organization
        return order_by(wanted, own.charter if own is not None else None)

    @property
    def active(self) -> list[str]:
        """Return the names of the active filters, without the search."""
        return [name for name in self.filters if name != "q" and not is_blank(self.data.get(name, "").strip())]

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """The active filters: name, label, and the value in words."""
        result = []
        for name in self.active:
            field = self.form[name]
            value = str(self.data.get(name, ""))
            if self.place is not None and name == "organization":
                value = self.place.short_name
            else:
                value = in_words(field, value)
            result.append((name, str(field.label), value))
        return result

    @property
    def asks_for_place(self) -> bool:
        """Return whether there are too many organisations for a drop-down, so that one is chosen on a separate page."""
        return "organization" in self.filters and self._below is None

    @property
    def searches(self) -> bool:
        return bool(str(self.data.get("q", "")).strip())

    def count(self) -> int:
        """Return the number of people found, counted up to `limit` + 1.

        The unfiltered total is a stored figure.
        """
        if not self.form.is_valid():
            return 0
        if not self.searches and not set(self.active) - {"organization"}:
            return self.reach
        if self.found_first:
            return len(self._counted)
        return self.qs.order_by()[: self.limit + 1].count()

    def search(self, queryset: MemberQuerySet, name: str, value: str) -> MemberQuerySet:
        condition = matching(value, lookup_among(self.reach))
        return queryset if condition is None else queryset.filter(condition)

    def within(self, queryset: MemberQuerySet, name: str, value: Organization | None) -> MemberQuerySet:
        return queryset if value is None else queryset.filter(unit__path__startswith=value.path)

    def in_cell(self, queryset: MemberQuerySet, name: str, value: str) -> MemberQuerySet:
        return queryset.filter(cell__isnull=True) if value == "none" else queryset.filter(cell=int(value))

    def of_consent(self, queryset: MemberQuerySet, name: str, value: str) -> MemberQuerySet:
        found = queryset.alias(state_now=F("consent_state") if name == "consent" else state_for(name))
        # Members with a withdrawn or expired consent need a new one.
        return found.exclude(state_now__in=OPEN_CONSENTS) if value == "wanted" else found.filter(state_now=value)

    def completeness(self, queryset: MemberQuerySet, name: str, value: str) -> MemberQuerySet:
        return queryset.filter(missing=0) if value == "yes" else queryset.filter(missing__gt=0)

    def to_print_again(self, queryset: MemberQuerySet, name: str, value: str) -> MemberQuerySet:
        return queryset.filter(reprint=value == "yes")

    def from_outside(self, queryset: MemberQuerySet, name: str, value: str) -> MemberQuerySet:
        # A member who arrived with a card of the registry was registered elsewhere before. The subquery runs for few
        # members; with EXISTS the database would read all registrations.
        first = Registration.objects.filter(member=OuterRef("member")).order_by("pk").values("pk")[:1]
        arrived = Registration.objects.filter(start_reason=RegistrationReason.ARRIVAL, pk=Subquery(first))
        found = Exists(arrived.filter(member=OuterRef("pk")))
        return queryset.filter(found if value == "yes" else ~found)

    def of_standing(self, queryset: MemberQuerySet, name: str, value: str) -> MemberQuerySet:
        return with_standing(queryset, value, timezone.localdate())

    def joined_since(self, queryset: MemberQuerySet, name: str, value: dt.date) -> MemberQuerySet:
        # A year alone is stored as its first day: a member of that year may have joined after the day.
        in_year = Q(joined_year_only=True, joined_on__gte=value.replace(month=1, day=1))
        return queryset.filter(Q(joined_on__gte=value) | in_year)

    def without(self, queryset: MemberQuerySet, name: str, value: str) -> MemberQuerySet:
        return queryset.filter(is_empty(value))

    def aged_from(self, queryset: MemberQuerySet, name: str, value: int) -> MemberQuerySet:
        return queryset.filter(birth_date__lte=last_birth_date(value, timezone.localdate()))

    def aged_to(self, queryset: MemberQuerySet, name: str, value: int) -> MemberQuerySet:
        return queryset.filter(birth_date__gt=last_birth_date(value + 1, timezone.localdate()))


def registered(actor: Actor) -> MemberQuerySet:
    """Return the registered members that the actor may see."""
    # Not filtered by federation: the database would then read the name index of everybody, not that of organisations.
    return Member.objects.visible_to(actor).registered()


def selected_ids(request: HttpRequest, actor: Actor) -> list[int]:
    """Return the ids of the members selected on the list, in its order and within the actor's scope, at most
    `MAX_FOUND`.

    `selected` lists them one by one; `all=1`, or a GET request, selects everything that the filters find now.
    """
    if request.method == "GET" or request.POST.get("all") == "1":
        return MemberFilter(request.GET, actor=actor).ids
    return chosen_ids(request, actor)


def chosen_ids(request: HttpRequest, actor: Actor, name: str = "selected") -> list[int]:
    """Return the ids of the ticked registered members, see `ids_in_order`; add a message about those not found."""
    asked = ids_in(request.POST, name)[:MAX_FOUND]
    found = ids_in_order(asked, actor)
    say_missing(request, asked, found)
    return found


def ids_in_order(ids: Iterable[int], actor: Actor) -> list[int]:
    """Return the ids of registered members that the actor may see, in alphabetical order, queried in chunks."""
    wanted = list(dict.fromkeys(ids))
    found: list[tuple[str, int]] = []
    for start in range(0, len(wanted), 1000):
        part = Member.objects.visible_to(actor).registered().filter(pk__in=wanted[start : start + 1000])
        found += part.values_list("sort_key", "pk")
    return [pk for _key, pk in sorted(found)]


def kept_values(data: QueryDict) -> dict[str, str]:
    """Return the filters that may be saved under a name; the search text is personal data and is left out."""
    known = set(MemberFilter.base_filters) - NOT_FILTERS
    return {name: str(data[name])[:100] for name in data if name in known and str(data[name]).strip()}
