"""Ledger entries and standings as texts for pages (V-D1, U-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dues.money import money, roubles
from dues.payments.rules import Purpose, in_own_books
from dues.rates.models import Exemption, Rate, Reduction
from members.people.enums import DuesForm
from members.people.models import Member
from registry.days import day_text

from ..enums import EntryKind, Fee
from ..models import DuesAccount, LedgerEntry
from ..rules.standing import Standing

#: Maximum number of terms of property contributions named in a standing.
MAX_DEBTS = 5


@dataclass(frozen=True)
class Line:
    """A row of the table of entries: description, amounts, and its reversal, if any."""

    entry: LedgerEntry
    what: str
    charged: str
    paid: str
    reversal: LedgerEntry | None
    may_reverse: bool = False
    #: An opening balance can only be undone as a whole.
    may_take_back: bool = False


def lines(entries: Iterable[LedgerEntry], *, of: Member | None = None) -> list[Line]:
    """Return charges and payments, the latest first, with their reversals; `of` is a member whose payments may be
    reversed.
    """
    entries = list(entries)
    reversals = {entry.reverses_id: entry for entry in entries if entry.kind == EntryKind.REVERSAL}
    kept = sorted(
        (entry for entry in entries if entry.kind != EntryKind.REVERSAL),
        key=lambda entry: (entry.made_on, entry.pk),
        reverse=True,
    )
    return [
        Line(
            entry=entry,
            what=name_of(entry.fee, entry.year, entry.contribution.title if entry.contribution is not None else ""),
            charged=money(entry.amount) if entry.kind == EntryKind.CHARGE else "",
            paid=money(entry.amount) if entry.kind == EntryKind.PAYMENT else "",
            reversal=reversals.get(entry.pk),
            may_reverse=of is not None
            and entry.kind == EntryKind.PAYMENT
            and not entry.is_opening
            and entry.pk not in reversals
            and in_own_books(entry, of),
            may_take_back=of is not None and entry.is_opening and entry.pk not in reversals and in_own_books(entry, of),
        )
        for entry in kept
    ]


def name_of(fee: str, year: int | None, title: str = "") -> str:
    """Return the kind of dues, with its year or with the title of the property contribution."""
    label = capfirst(str(Fee(fee).label))
    if title:
        return _("%(fee)s «%(title)s»") % {"fee": label, "title": title}
    return _("%(fee)s for %(year)s") % {"fee": label, "year": year} if year else label


def name_of_purpose(purpose: Purpose) -> str:
    """Return the name of a payment's purpose."""
    return name_of(purpose.fee, purpose.year, purpose.title)


def purpose_in_words(purpose: Purpose) -> str:
    """Return the label of a payment's purpose, with the amount left to pay."""
    name = name_of_purpose(purpose)
    if not purpose.left:
        return name
    values = {"what": name, "sum": money(purpose.next_sum), "day": day_text(purpose.due_on) if purpose.due_on else ""}
    if purpose.left > purpose.next_sum:
        text = _("%(what)s: %(sum)s ₽ to pay by %(day)s, %(left)s ₽ in all")
        return text % {**values, "left": money(purpose.left)}
    return _("%(what)s: %(sum)s ₽ to pay by %(day)s") % values


def amount_of(rate: Rate) -> str:
    """Return the rate with its unit."""
    words = _("%(amount)s %%") if rate.fee == Fee.PERCENT else _("%(amount)s ₽")
    return words % {"amount": money(rate.amount)}


def pays_of(reduction: Reduction) -> str:
    """Return the amount or share payable under the reduction."""
    if reduction.is_exemption:
        return _("nothing, exempt")
    if reduction.amount is not None:
        return _("%(amount)s ₽") % {"amount": money(reduction.amount)}
    return _("%(percent)s %% of the rate") % {"percent": reduction.percent}


def days_of(reduction: Reduction) -> str:
    """Return the days of the reduction."""
    since = _("from %(day)s") % {"day": day_text(reduction.valid_from)}
    until = reduction.valid_until
    return f"{since} " + (_("until %(day)s") % {"day": day_text(until)} if until else _("without term"))


def who_of(reduction: Reduction) -> str:
    """Return the category or the name of the member."""
    return reduction.member.full_name if reduction.member is not None else capfirst(reduction.get_category_display())


def reduction_facts(reductions: Sequence[Reduction], exemptions: Iterable[Exemption]) -> list[tuple[str, str]]:
    """Return the reductions of a member and the fees that they were exempt from, as labels and values."""
    found = []
    for one in reductions:
        why = _("by decision") if one.member_id else _("category: %(name)s") % {"name": one.get_category_display()}
        label = _("%(fee)s, reduced") % {"fee": capfirst(one.get_fee_display())}
        found.append((label, "; ".join([_("pays %(sum)s") % {"sum": pays_of(one)}, why, days_of(one), one.paper])))
    for done in exemptions:
        paper = done.reduction.paper if done.reduction is not None else ""
        found.append((name_of(done.fee, done.year), ", ".join(part for part in (_("exempt"), paper) if part)))
    return found


def term_of(rate: Rate) -> str:
    """Return the term of the rate's fee."""
    if rate.fee == Fee.ANNUAL and rate.due_day and rate.due_month:
        day = f"{rate.due_day:02d}.{rate.due_month:02d}"
        if not rate.days_after_decision:
            return _("by %(day)s of the year") % {"day": day}
        text = _("by %(day)s of the year; who is admitted later, within %(days)s days after the decision")
        return text % {"day": day, "days": rate.days_after_decision}
    if rate.fee == Fee.ENTRANCE and rate.days_after_decision:
        return _("within %(days)s days after the decision") % {"days": rate.days_after_decision}
    return ""


def facts_of(now: Standing, rates: Sequence[Rate], today: dt.date) -> list[tuple[str, str]]:
    """Return the standing as labels and values; empty if the federation charges nothing."""
    fees = {rate.fee for rate in rates}
    found: list[tuple[str, str]] = []
    if Fee.ENTRANCE in fees:
        found.append((capfirst(str(Fee.ENTRANCE.label)), _entrance(now)))
    if Fee.ANNUAL in fees:
        found.append((capfirst(str(Fee.ANNUAL.label)), _annual(now)))
    if contributions := _contributions(now):
        found.append((capfirst(str(Fee.PROPERTY.label)), contributions))
    if now.unpaid:
        found.append((_("To pay"), _owed(now, today)))
    if now.advance:
        found.append((_("Paid in advance"), roubles(now.advance)))
    return found


def note_of(member: Member) -> str:
    """Return how the member pays dues if none are charged (U-D1)."""
    if member.dues_form == DuesForm.CASH:
        return _("The member pays a percentage of pay in cash. Nothing is charged; record each payment here.")
    if member.dues_form == DuesForm.EXEMPT:
        return _("The member is exempt or pays a reduced sum. Nothing is charged; what is paid can be recorded.")
    return _(
        "Dues are withheld by the employer as a percentage of pay, so nothing is charged here. What is "
        "paid in cash can be recorded."
    )


def _entrance(now: Standing) -> str:
    open_one = next((o for o in now.open if o.charge.fee == Fee.ENTRANCE), None)
    if open_one is not None:
        values = {"sum": money(open_one.left), "day": day_text(open_one.charge.due_on)}
        return _("%(sum)s ₽ to pay by %(day)s") % values
    if now.entrance_paid_on is not None:
        return _("paid on %(day)s") % {"day": day_text(now.entrance_paid_on)}
    return _("not recorded in the registry")


def _contributions(now: Standing) -> str:
    """Return the payable terms of property contributions."""
    found = [
        _("%(title)s, %(sum)s ₽ by %(day)s")
        % {"title": o.charge.contribution.title, "sum": money(o.left), "day": day_text(o.charge.due_on)}
        for o in now.open
        if o.charge.contribution is not None
    ]
    return "; ".join(found[:MAX_DEBTS]) + ("; …" if len(found) > MAX_DEBTS else "")


def _annual(now: Standing) -> str:
    years = ", ".join(str(o.charge.year) for o in now.open if o.charge.fee == Fee.ANNUAL)
    if years and now.paid_to:
        return _("paid to %(year)s, not paid for %(years)s") % {"year": now.paid_to, "years": years}
    if years:
        return _("not paid for %(years)s") % {"years": years}
    return _("paid to %(year)s") % {"year": now.paid_to} if now.paid_to else _("not charged in the registry yet")


def _owed(now: Standing, today: dt.date) -> str:
    overdue = now.overdue(today)
    if overdue == now.unpaid and now.unpaid_since:
        since = now.unpaid_since + dt.timedelta(days=1)
        return _("%(sum)s, in arrears since %(day)s") % {"sum": roubles(now.unpaid), "day": day_text(since)}
    if overdue and now.unpaid_since:
        since = now.unpaid_since + dt.timedelta(days=1)
        values = {"sum": roubles(now.unpaid), "overdue": roubles(overdue), "day": day_text(since)}
        return _("%(sum)s, of it overdue %(overdue)s, in arrears since %(day)s") % values
    values = {"sum": roubles(now.unpaid), "day": day_text(now.unpaid_since)}
    return _("%(sum)s by %(day)s") % values


def standing_pill(account: DuesAccount | None, today: dt.date) -> tuple[str, str | None]:
    """Return a short text for the list of members and its tone; no tone if there is nothing to point out."""
    if account is None:
        return "", None
    if account.unpaid and account.unpaid_since and account.unpaid_since < today:
        return _("owes %(sum)s ₽") % {"sum": money(account.unpaid)}, "bad"
    if account.unpaid:
        return _("to pay %(sum)s ₽") % {"sum": money(account.unpaid)}, "warn"
    if account.paid_to:
        return pgettext("dues in a list", "to %(year)s") % {"year": account.paid_to}, "ok"
    return "", None
