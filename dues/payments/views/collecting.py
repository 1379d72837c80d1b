"""Recording the payments of many members on one page (V-D1, V-B4, U-D1, N-D2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dues.ledger.enums import EntryKind
from dues.ledger.models import LedgerEntry
from dues.ledger.rules.standing import live, standing
from dues.money import money, roubles
from dues.rates.rules.rates import rates_of
from members.people.filters import MAX_FOUND, selected_ids
from members.people.models import Member, MemberQuerySet
from members.people.rules.person import cell_names
from members.people.search import QUERY_LENGTH, matching
from registry.access import require
from registry.days import day_text
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.indexes import by_index
from registry.organizations.models import Organization
from registry.requests import ids_in
from registry.sizes import PAGE_ROWS
from registry.states import allowed
from registry.views import ActorRequest, CountedPaginator, add_violation, needs

from ..forms import MAX_COLLECTED, CollectForm, Row
from ..queries import entries_of, kinds, members_of, owing
from ..rules import Purpose, RowsRefused, check_collects, purposes, suggested
from ..transitions import Paid, record_payments

#: Fields of the form that stay as typed while another part of the list is shown.
_KEPT = ("made_on", "paper", "key", "q")


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def collect(request: ActorRequest) -> HttpResponse:
    """Show the members who owe a fee, and record the payments of the ticked ones.

    A POST without `shown_for` has the people selected in the list of members. The database counts all who owe the fee
    and returns only the ticked ones and those on the page.
    """
    place = request.actor.organization
    if place is None or not allowed(check_collects, place):
        raise NotAllowed
    require(request.actor, Permission.RECORD_DUES, place)
    page = _Page(request, place)
    form = page.form()
    if form.is_valid():
        paid = [Paid(**values) for values in form.payments()]
        try:
            count = record_payments(place.pk, paid, by=request.actor)
        except RowsRefused as refused:
            form.add_refusals(refused.by_row)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            _say_recorded(request, paid, count)
            return redirect(f"{reverse('dues:collect')}?{page.address}")
    page.say()
    labels = ["", _("To pay"), _("Sum, roubles"), _("Paper, if another one")]
    context = {"form": form, "page": page.shown, "place": place, "count": page.count, "labels": labels}
    return render(request, "dues/collect.html", context)


class _Page:
    """The choices in a request to the page: the fee, the part of the list, the ticked people."""

    def __init__(self, request: ActorRequest, place: Organization) -> None:
        self.request, self.place, self.today = request, place, timezone.localdate()
        self.sent = request.POST
        self.rates = rates_of(place.federation)
        self.offered = kinds(request.actor, self.rates, self.today)
        self.cells = cell_names(place) if place.keeps_cards else []
        self.purpose = self._purpose()
        from_here = "shown_for" in self.sent
        #: Whether another fee was chosen than the one that the list and its sums were made for.
        self.changed = from_here and self.sent["shown_for"] != self.purpose.key
        self.people = members_of(place, Member.objects.visible_to(request.actor))
        debtors = owing(self.people, self.purpose, self.rates, self.today)
        if from_here:
            wanted = ids_in(self.sent)
            known = _among(self.people, wanted)
        else:
            wanted = selected_ids(request, request.actor) if request.method == "POST" else []
            known = set(wanted)
        #: People who were ticked and are no longer registered here.
        self.gone = len(set(wanted) - known)
        keeps_ticks = from_here and not self.changed
        ticked = known if keeps_ticks else _among(debtors, known)
        self.chosen = [pk for pk in wanted if pk in ticked]
        #: People who were ticked and do not owe the fee.
        self.left_out = len(known) - len(self.chosen)
        self.cut = len(self.chosen) > MAX_COLLECTED and not from_here
        if self.cut:
            self.chosen = self.chosen[:MAX_COLLECTED]
        self.saves = self.sent.get("action") == "save" and not (self.changed or self.gone)
        found = self._found(debtors)
        # The database counts and returns only the ids of the page.
        self.count = found.values("pk")[:MAX_FOUND].count()
        rest, count = found.order_by("sort_key", "pk").values_list("pk", flat=True), self.count
        if self.chosen:
            count -= len(_among(found, self.chosen))
            rest = rest.exclude(pk__among=self.chosen)
        self.shown = CountedPaginator(rest, PAGE_ROWS, count=max(count, 0)).get_page(self.sent.get("page", "1"))
        # After an error the rows stay in place.
        before = ids_in(self.sent, "listed") if self.saves else []
        after = [] if self.saves else self._ids_of_page()
        self.listed = list(dict.fromkeys([*before, *self.chosen, *after]))

    def _purpose(self) -> Purpose:
        if not self.offered:
            raise Http404
        asked = self.sent.get("purpose") or self.request.GET.get("purpose")
        return next((purpose for purpose in self.offered if purpose.key == asked), self.offered[0])

    @property
    def cell(self) -> str:
        """The value of the filter by cell, empty for everybody."""
        asked = self.sent.get("cell", self.request.GET.get("cell", ""))
        return asked if asked in {"none", *(str(pk) for pk, _name in self.cells)} and self.cells else ""

    def _found(self, debtors: MemberQuerySet) -> MemberQuerySet:
        """Return the debtors that match the filters."""
        condition = matching(self.sent.get("q", "")[:QUERY_LENGTH])
        people = debtors if condition is None else debtors.filter(condition)
        if not self.cell:
            return people
        return people.filter(cell__isnull=True) if self.cell == "none" else people.filter(cell=int(self.cell))

    def _ids_of_page(self) -> list[int]:
        """Return the ids of the people on the page; the name index skips those before them."""
        with by_index():
            return list(self.shown.object_list)

    def form(self) -> CollectForm:
        """Return the form: bound if payments are to be recorded, otherwise with the values entered so far."""
        members = self.people.select_related("cell").in_bulk(self.listed)
        entries = entries_of(list(members.values()), self.request.actor)
        chosen = set(self.chosen)
        rows = [self._row(members[pk], entries[pk], pk in chosen) for pk in self.listed if pk in members]
        if self.sent.get("q") and not self.saves:
            first = next((at for at, row in enumerate(rows) if not row.chosen), None)
            rows = [replace(row, focused=at == first) for at, row in enumerate(rows)]
        initial: dict[str, Any] = {name: self.sent[name] for name in _KEPT if name in self.sent}
        if not self.changed:
            names = (f"{name}_{row.member.pk}" for row in rows for name in ("sum", "paper", "confirmed"))
            initial |= {name: self.sent[name] for name in names if name in self.sent}
        initial |= {"purpose": self.purpose.key, "shown_for": self.purpose.key, "cell": self.cell}
        data = self.sent if self.saves else None
        return CollectForm(data, offered=self.offered, cells=self.cells, rows=rows, initial=initial)

    def _row(self, member: Member, entries: Sequence[LedgerEntry], chosen: bool) -> Row:
        kept = live(entries)
        offered = purposes(self.rates, kept, standing(entries), self.today, joined_on=member.joined_on)
        purpose = next((one for one in offered if one.what == self.purpose.what), None)
        if purpose is None:
            return Row(member, _("nothing to pay"), None, chosen)
        offer = suggested(purpose, kept, self.rates, joined_on=member.joined_on)
        if purpose.due_on is not None:
            values = {"sum": money(purpose.next_sum), "day": day_text(purpose.due_on)}
            return Row(member, _("%(sum)s ₽ by %(day)s") % values, offer, chosen)
        if offer is not None:
            return Row(member, _("%(sum)s ₽, not charged yet") % {"sum": money(offer)}, offer, chosen)
        paid = [e.amount for e in kept if e.kind == EntryKind.PAYMENT and e.what == self.purpose.what]
        words = _("paid in this year: %(sum)s ₽") % {"sum": money(sum(paid, Decimal("0.00")))} if paid else ""
        return Row(member, words, None, chosen)

    def say(self) -> None:
        """Add a message about changes of the choice since the page was shown."""
        if self.changed and self.sent.get("action") == "save":
            text = _("The list now shows who owes this fee. Check the ticks and sums, then save.")
            messages.warning(self.request, text)
        if self.gone:
            text = ngettext(
                "%(n)s ticked person is no longer registered here. Check the list, then save.",
                "%(n)s ticked people are no longer registered here. Check the list, then save.",
                self.gone,
            )
            messages.warning(self.request, text % {"n": self.gone})
        if self.left_out:
            text = ngettext(
                "%(n)s selected person does not owe this and is left out.",
                "%(n)s selected people do not owe this and are left out.",
                self.left_out,
            )
            messages.info(self.request, text % {"n": self.left_out})
        if self.cut:
            text = _("At most %(count)s people are recorded at once: the first ones are ticked, the rest follow.")
            messages.info(self.request, text % {"count": MAX_COLLECTED})

    @property
    def address(self) -> str:
        """The query of the page with the same fee and cell."""
        query = QueryDict(mutable=True)
        query["purpose"] = self.purpose.key
        if self.cell:
            query["cell"] = self.cell
        return query.urlencode()


def _among(members: MemberQuerySet, ids: Collection[int]) -> set[int]:
    """Return the ids that belong to these members."""
    return set(members.filter(pk__among=list(ids)).values_list("pk", flat=True)) if ids else set()


def _say_recorded(request: ActorRequest, paid: Iterable[Paid], count: int) -> None:
    total = [one.amount for one in paid]
    if not count:
        messages.info(request, _("These payments had been recorded already; nothing was changed."))
        return
    text = ngettext("%(count)s payment is recorded.", "%(count)s payments are recorded.", count) % {"count": count}
    if count == len(total):
        text += " " + _("Together: %(sum)s.") % {"sum": roubles(sum(total, Decimal("0.00")))}
    else:
        text += " " + _("The others had been recorded already.")
    messages.success(request, text)
