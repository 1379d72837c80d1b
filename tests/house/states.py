"""`python -m tests.house.states > docs/states.md` draws the life cycles from the tables of moves that the code uses."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import django
from django.utils.translation import override

from tests.house.tree import modules

if TYPE_CHECKING:
    from django.db.models import TextChoices

_HEAD = """# Life cycles

Every state that something can be in, and every move the code allows, drawn from the tables of moves (`*_MOVES`) by
`python -m tests.house.states > docs/states.md`; `tests/house/test_states.py` holds the page to the tables. Labels are
those that people read on the screen.
"""


@dataclass(frozen=True)
class Cycle:
    """A table of moves: its model, the functions that make the moves, their rules, and the initial states."""

    title: str
    model: str
    made_in: str
    rules: str
    starts: tuple[str, ...]


#: Tables by name, in the order of the page.
CYCLES = {
    "ORGANIZATION_MOVES": Cycle(
        "Organisation",
        "registry.Organization",
        "registry/organizations/transitions/lifecycle.py",
        "N-H3",
        ("forming", "active"),
    ),
    "RENAME_MOVES": Cycle(
        "Rename request", "registry.RenameRequest", "registry/organizations/transitions/renames.py", "U-3", ("asked",)
    ),
    "JOB_MOVES": Cycle("Background job", "registry.Job", "registry/jobs/queue.py", "U-5, U-6", ("queued",)),
    "APPLICATION_MOVES": Cycle(
        "Application for admission",
        "members.Application",
        "members/admission/transitions/admission.py",
        "V-A4, V-A5, V-A6",
        ("filed",),
    ),
    "MEETING_MOVES": Cycle(
        "Meeting of a governing body",
        "members.Meeting",
        "members/meetings/transitions/meetings.py",
        "V-A5",
        ("planned",),
    ),
    "ITEM_MOVES": Cycle(
        "Agenda item", "members.AgendaItem", "members/meetings/transitions/agenda.py", "V-A5, V-B5, V-B16", ("waiting",)
    ),
    "APPEAL_MOVES": Cycle(
        "Appeal", "members.Appeal", "members/meetings/transitions/appeals.py", "V-A6, V-B14", ("received",)
    ),
    "MEMBER_MOVES": Cycle(
        "Card of a member",
        "members.Member",
        "members/movement/transitions/leaving.py",
        "V-B10, V-B11, V-B14",
        ("on_account",),
    ),
    "TRANSFER_MOVES": Cycle(
        "Transfer",
        "members.Transfer",
        "members/movement/transitions/transfers.py",
        "V-B9 to V-B12, U-5",
        ("requested", "in_transit"),
    ),
    "BATCH_MOVES": Cycle(
        "List that is loaded", "members.ImportBatch", "members/lists/transitions/batches.py", "U-5", ("uploaded",)
    ),
    "UPDATE_MOVES": Cycle(
        "Change of many cards", "members.CardUpdate", "members/lists/transitions/updates.py", "U-5", ("checked",)
    ),
    "PAYMENT_REGISTER_MOVES": Cycle(
        "Payment register", "dues.PaymentRegister", "dues/collecting/transitions.py", "V-D5, V-D6", ("draft",)
    ),
    "DEDUCTION_MOVES": Cycle(
        "Statement of deduction", "dues.Deduction", "dues/payroll/transitions/employers.py", "U-D1", ("prepared",)
    ),
    "BANK_LINE_MOVES": Cycle(
        "Line of a bank statement",
        "dues.BankLine",
        "dues/bank/transitions/posting.py",
        "V-D4, N-D1",
        ("open", "other"),
    ),
    "REMITTANCE_MOVES": Cycle(
        "Money passed on",
        "dues.Remittance",
        "dues/distribution/transitions.py",
        "V-D7, N-D1",
        ("sent",),
    ),
    "SETTLEMENT_ACT_MOVES": Cycle(
        "Act of reconciliation", "dues.SettlementAct", "dues/distribution/transitions.py", "V-D7", ("drawn",)
    ),
    "PAYROLL_LIST_MOVES": Cycle(
        "Payroll list", "dues.PayrollList", "dues/payroll/transitions/posting.py", "U-D1, N-D1", ("draft",)
    ),
    "PROPOSAL_MOVES": Cycle(
        "Proposed change of a card",
        "members.ChangeProposal",
        "members/reconciliation/transitions/proposals.py",
        "V-B8",
        ("open",),
    ),
    "RECONCILIATION_MOVES": Cycle(
        "Year-end reconciliation",
        "members.Reconciliation",
        "members/reconciliation/transitions/reconciliation.py",
        "V-B8",
        ("open",),
    ),
    "CONSENT_MOVES": Cycle(
        "Consent", "documents.Consent", "documents/consents/transitions/consents.py", "U-7, N-C1", ("none",)
    ),
    "REQUEST_MOVES": Cycle(
        "Request about personal data",
        "documents.SubjectRequest",
        "documents/rights/transitions.py",
        "V-C5",
        ("received",),
    ),
    "GRANT_MOVES": Cycle(
        "Request of an administrator",
        "registry.GrantRequest",
        "registry/granting/transitions.py",
        "N-H2",
        ("waiting",),
    ),
    "REMARK_MOVES": Cycle(
        "Remark of an officer", "registry.Remark", "registry/remarks/transitions.py", "N-S1", ("open",)
    ),
    "BREACH_MOVES": Cycle(
        "Breach of personal data", "registry.Breach", "registry/breaches/transitions.py", "V-C5", ("open",)
    ),
    "FORM_MOVES": Cycle(
        "Report form", "registry.ReportForm", "registry/campaigns/transitions/forms.py", "N-S3", ("draft",)
    ),
    "CAMPAIGN_MOVES": Cycle(
        "Reporting campaign", "registry.Campaign", "registry/campaigns/transitions/campaigns.py", "N-S1", ("open",)
    ),
    "REPORT_MOVES": Cycle(
        "Report in a campaign",
        "registry.CampaignReport",
        "registry/campaigns/transitions/reports.py",
        "N-S1, N-S3",
        ("empty",),
    ),
    "OUTBOX_MOVES": Cycle(
        "Message to the bonus programme",
        "documents.OutboxEntry",
        "documents/exchange/book.py",
        "U-7, N-C1",
        ("waiting",),
    ),
    "LEAFLET_MOVES": Cycle(
        "Leaflet sent by e-mail",
        "documents.LeafletMail",
        "documents/exchange/transitions/leaflets.py",
        "U-11",
        ("sending",),
    ),
    "REMINDER_MOVES": Cycle(
        "Reminder of dues",
        "dues.DuesReminder",
        "dues/notices/transitions.py",
        "V-D1",
        ("printed", "sending"),
    ),
    "BLANK_MOVES": Cycle(
        "Blank of strict accountability",
        "documents.Blank",
        "documents/tickets/book.py",
        "V-C1, V-B15",
        ("stock",),
    ),
    "CARD_REQUEST_MOVES": Cycle(
        "Request for an electronic card",
        "documents.CardRequest",
        "documents/ecards/transitions/orders.py",
        "U-8 to U-10",
        ("draft",),
    ),
    "CARD_MOVES": Cycle(
        "Electronic card", "documents.ElectronicCard", "documents/ecards/transitions/cards.py", "U-10", ("active",)
    ),
    "CARD_ORDER_MOVES": Cycle(
        "Order of electronic cards", "documents.CardOrder", "documents/ecards/transitions/orders.py", "U-8", ("draft",)
    ),
    "CARD_BATCH_MOVES": Cycle(
        "Consolidated order of electronic cards",
        "documents.CardBatch",
        "documents/ecards/transitions/batches.py",
        "U-8",
        ("draft",),
    ),
    "CARD_DELIVERY_MOVES": Cycle(
        "Delivery of electronic cards",
        "documents.CardDelivery",
        "documents/ecards/transitions/deliveries.py",
        "U-9, U-10",
        ("on_the_way",),
    ),
    "BLANK_PAPER_MOVES": Cycle(
        "Paper of blanks", "documents.BlankPaper", "documents/tickets/transitions/stock.py", "V-C1, V-C3", ("draft",)
    ),
}


def tables() -> dict[str, Mapping[TextChoices, set[str]]]:
    """Return every table of moves by its name."""
    loaded = [import_module(module.name) for module in modules("enums")]
    return {name: table for module in loaded for name, table in vars(module).items() if name.endswith("_MOVES")}


def page() -> str:
    """Return the text of the committed page."""
    found = tables()
    with override("ru"):
        return _HEAD + "".join(_section(cycle, found[name]) for name, cycle in CYCLES.items())


def _section(cycle: Cycle, moves: Mapping[TextChoices, set[str]]) -> str:
    return (
        f"\n## {cycle.title}\n\nThe state of `{cycle.model}`; moved by `{cycle.made_in}` under {cycle.rules}.\n\n"
        + "```mermaid\nstateDiagram-v2\n"
        + "".join(f"    {line}\n" for line in _lines(cycle, moves))
        + "```\n"
    )


def _lines(cycle: Cycle, moves: Mapping[TextChoices, set[str]]) -> Iterator[str]:
    order = [state.value for state in type(next(iter(moves)))]
    drawn = sorted(moves, key=lambda state: order.index(state.value))
    for state in drawn:
        yield f'state "{state.label}" as {state.value}'
    for start in cycle.starts:
        yield f"[*] --> {start}"
    for state in drawn:
        for to in sorted(moves[state], key=order.index):
            yield f"{state.value} --> {to}"
        if not moves[state]:
            yield f"{state.value} --> [*]"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings.testing")
    django.setup()
    sys.stdout.write(page())
