"""Rules for undoing a bank statement file that was read under a wrong meaning of its columns (N-D1, N-D2)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dues.ledger.rules.closing import closed_until
from registry.days import day_text
from registry.errors import RuleViolation

from ..models import BankStatement


def check_can_be_unloaded(statement: BankStatement) -> None:
    """Raise `RuleViolation` (N-D1, N-D2) unless the file can be undone with all its payments.

    None of them may ever have been posted to somebody, even if that was reversed since, or be money passed on; no later
    file may depend on them; and their days must be open.
    """
    if statement.unloaded_at is not None:
        raise RuleViolation("N-D2", _("This file was taken back already."))
    # Money received from another organisation has parts, like that of members; money sent to one has none.
    used = Q(parts__isnull=False) | Q(sent_as__isnull=False)
    posted = statement.lines.filter(used).order_by("made_on", "pk").first()
    if posted is not None:
        message = _(
            "The payment %(line)s of this file was posted. The file stays, even if the payment was put back: "
            "entries of the books name it."
        )
        raise RuleViolation("N-D1", message % {"line": posted})
    later = BankStatement.objects.kept().filter(overlaps=statement).order_by("pk").first()
    if later is not None:
        message = _(
            "The file «%(file)s», loaded later, has the same payments and counts on this one. Take it back first."
        )
        raise RuleViolation("N-D2", message % {"file": later})
    closed = closed_until(statement.organization)
    if closed is not None and statement.lines.filter(made_on__lte=closed).exists():
        message = _(
            "The books are closed until %(closed)s, and the file has earlier payments. Reopen the period first."
        )
        raise RuleViolation("N-D1", message % {"closed": day_text(closed)})


def check_reason(reason: str) -> None:
    """Raise `RuleViolation` (N-D1) without a reason."""
    if not reason.strip():
        raise RuleViolation("N-D1", _("Enter the reason."), field="reason")
