"""Act of reconciliation of what an organisation owes to its superior, by the books of both (V-D7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.russian import roubles_in_words
from documents.tickets.queries.printed import as_on
from dues.distribution.queries import StatementLine, balance_of, statement
from dues.ledger.enums import AccountKind
from dues.ledger.rules.standing import NOTHING
from dues.money import on_paper
from registry.days import day_text
from registry.enums import DataClass

from .blank_words import name_of
from .list_pages import LIST, divided

if TYPE_CHECKING:
    from dues.distribution.models import SettlementAct

LAYOUT = LIST._replace(first=21, others=26, ending=11)
#: Columns: name of the value, width (mm), alignment; the books of the organisation, then those of the superior.
COLUMNS = (
    ("day", 18, "n"), ("what", 28, ""), ("debit", 19.5, "n"), ("credit", 19.5, "n"),
    ("day_2", 18, "n"), ("what_2", 28, ""), ("debit_2", 19.5, "n"), ("credit_2", 19.5, "n"),
)  # fmt: skip


def build(act: SettlementAct, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the pages of the act: the balances in the books of both when it was drawn up, and the answer."""
    books = [
        statement(act.organization, act.superior, kind, last=act.last, known_at=act.drawn_at)
        for kind in (AccountKind.OWED_TO, AccountKind.OWED_BY)
    ]
    own, superior = (as_on(place, act.drawn_at) for place in (act.organization, act.superior))
    # A debt is a credit of the organisation and a debit of the superior.
    longest = max(sum(line.entry.made_on >= act.first for line in lines) for lines in books)
    sides = [_side(lines, act, longest, *names) for lines, names in zip(books, _SIDES, strict=True)]
    rows = [
        {**left, **{f"{name}_2": value for name, value in right.items()}} for left, right in zip(*sides, strict=True)
    ]
    common = {
        "first_day": act.first, "last_day": act.last, "drawn_on": day_text(act.drawn_on),
        "organization": name_of(own), "superior": name_of(superior),
        "short": own.short_name, "short_superior": superior.short_name,
        "head": f"Акт сверки {day_text(act.first)} – {day_text(act.last)}: {own.short_name}, {superior.short_name}",
    }  # fmt: skip
    ending = {
        "owed": on_paper(act.owed), "claimed": on_paper(act.claimed),
        "in_words": roubles_in_words(act.owed), "differs": act.owed != act.claimed,
        "difference": on_paper(abs(act.owed - act.claimed)), "differences": act.differences,
        "answered_on": day_text(act.answered_on) if act.answered_on else "",
    }  # fmt: skip
    return divided(rows, COLUMNS, common, ending, LAYOUT)


#: Columns of debts and of settlements, in the books of each.
_SIDES = (("credit", "debit"), ("debit", "credit"))


def _side(
    lines: Sequence[StatementLine], act: SettlementAct, longest: int, owed: str, settled: str
) -> list[dict[str, Any]]:
    """Return the rows of one side; padded with empty ones so that the totals of both are at the same height."""
    of_period = [line for line in lines if line.entry.made_on >= act.first]
    rows = [{"what": f"Сальдо на {day_text(act.first)}", owed: on_paper(balance_of(lines, act.first))}]
    rows += [
        {
            "day": day_text(line.entry.made_on),
            "what": line.entry.paper,
            owed: on_paper(line.owed) if line.owed else "",
            settled: on_paper(line.settled) if line.settled else "",
        }
        for line in of_period
    ]
    turnover = {
        owed: on_paper(sum((line.owed for line in of_period), NOTHING)),
        settled: on_paper(sum((line.settled for line in of_period), NOTHING)),
    }
    return [
        *rows,
        *({} for _ in range(longest - len(of_period))),
        {"what": "Обороты за период", **turnover},
        {"what": f"Сальдо на {day_text(act.last)}", owed: on_paper(balance_of(lines))},
    ]


ACT = Paper(
    code="settlement_act",
    title="Акт сверки взаимных расчётов",
    build=build,
    data_classes=frozenset({DataClass.MONEY}),
    stylesheet="payment_register",
    archived=True,
)
