"""Blanks in stock: balances, receipt, passing on (V-C1)."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from registry.access import require
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.states import allowed
from registry.views import ActorRequest, needs, page_of

from .. import rules
from ..enums import BlankKind
from ..forms import HandDownForm, ReceiptForm
from ..models import LABELS, BlankPaper, BlankStock
from ..queries.counting import stock_of
from ..queries.writing_off import to_collect, void_of
from ..ranges import listed
from ..transitions import stock as transitions
from .pages import MAX_SHOWN, ask_paper, numbers_in_stock, own_organization

#: Maximum number of organisations offered as receivers.
MAX_RECEIVERS = 500


@require_GET
@needs(Permission.VIEW_MEMBERS)
def overview(request: ActorRequest) -> HttpResponse:
    """Show the organisation's numbers by place, its ranges in stock, acts to confirm, and its papers."""
    organization = own_organization(request)
    found = BlankStock.objects.visible_to(request.actor).filter(organization=organization).select_related("keeper")
    stocks = {s.kind: s for s in found}
    at_work = set(organization.appointments.current().values_list("account", flat=True))
    kinds = []
    writes_off = False
    for kind in organization.charter.blanks:
        balance = stocks.get(kind) or BlankStock(organization=organization, kind=kind)
        counts = [(capfirst(str(label)), getattr(balance, name)) for name, label in LABELS.items()]
        writes_off |= allowed(rules.check_may_write_off, balance, request.actor)
        kinds.append({
            "title": capfirst(str(BlankKind(kind).label)), "received": _grouped(balance.received),
            "counts": [(label, _grouped(count)) for label, count in counts if count],
            "numbers": listed(stock_of(organization, kind), MAX_SHOWN), "keeper": balance.keeper,
            "keeper_works": balance.keeper_id in at_work,
        })  # fmt: skip
    papers = BlankPaper.objects.visible_to(request.actor).select_related("organization", "receiver")
    keeps = request.actor.may(Permission.KEEP_BLANKS, organization)
    may_write_off = request.actor.may(Permission.WRITE_OFF_BLANKS, organization)
    context = {
        "organization": organization,
        "kinds": kinds,
        "to_confirm": papers.to_confirm().filter(receiver=organization) if keeps else [],
        "page": page_of(request, papers.order_by("-made_on", "-pk")),
        "may_keep": keeps,
        "may_hand_down": keeps and not organization.keeps_cards,
        "may_return": keeps and organization.keeps_cards and organization.parent is not None,
        "may_issue": keeps and organization.keeps_cards,
        "may_print": request.actor.may(Permission.PRINT, organization),
        "may_write_off": may_write_off and writes_off,
        "may_name_keeper": may_write_off,
        "to_collect": to_collect(organization).count() if may_write_off else 0,
        "void": void_of(organization).count() if may_write_off else 0,
    }
    return render(request, "documents/tickets/overview.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.KEEP_BLANKS)
def receive(request: ActorRequest) -> HttpResponse:
    """Enter blanks from outside."""
    organization = own_organization(request)
    require(request.actor, Permission.KEEP_BLANKS, organization)
    form = ReceiptForm(organization, request.POST if request.method == "POST" else None)
    return ask_paper(
        request, form, partial(transitions.receive_blanks, organization.pk, by=request.actor),
        title=_("Receive blanks"), button=_("Put into stock"), done=_("The blanks are in stock."),
        lead=_("Blanks that came from the printing house or from an organisation outside the registry."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(Permission.KEEP_BLANKS)
def hand_down(request: ActorRequest) -> HttpResponse:
    """Pass blanks of the stock to an organisation below, or unused ones back to the superior."""
    organization = own_organization(request)
    require(request.actor, Permission.KEEP_BLANKS, organization)
    title = _("Return blanks to the superior") if organization.keeps_cards else _("Hand blanks down")
    receivers = _receivers(request, organization)
    data = request.POST if request.method == "POST" else None
    only = receivers[0][0] if len(receivers) == 1 else None
    initial = {"made_on": timezone.localdate(), "receiver": only}
    form = HandDownForm(organization, data, initial=initial, receivers=receivers)

    def post(receiver: int, **values: object) -> BlankPaper:
        return transitions.hand_down_blanks(organization.pk, receiver_id=receiver, by=request.actor, **values)  # type: ignore[arg-type]

    return ask_paper(
        request, form, post, title=title, button=_("Hand down"),
        done=_("The act is made. The blanks are on the way until the receiver confirms them."),
        beside=numbers_in_stock(organization),
    )  # fmt: skip


def _grouped(count: int) -> str:
    return str(number_format(count, force_grouping=True))


def _receivers(request: ActorRequest, organization: Organization) -> list[tuple[int, str]]:
    below = Organization.objects.visible_to(request.actor).working().under(organization)
    below = below.exclude(pk=organization.pk).exclude(level=organization.charter.cell or "")
    found = list(below.order_by("path").values_list("pk", "short_name")[:MAX_RECEIVERS])
    above = organization.parent
    return found if above is None else [*found, (above.pk, above.short_name)]
