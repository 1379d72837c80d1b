"""Bank statements and their lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.bank.enums import Band, LineState
from dues.bank.models import BankLine
from dues.bank.rules.lines import PAID
from dues.bank.transitions import accounts, loading, posting, unloading
from dues.bank.transitions.settling import Share
from dues.ledger import book as ledger
from dues.ledger.enums import AccountKind
from dues.numbers import payer_number
from dues.partners import transitions as partners
from registry.organizations.models import OrganizationPassport
from registry.transitions import change

from .base import KEPT, PLACE, Asked, Scene, Table
from .distribution import _owed


def _lines(**changed: Any) -> list[BankLine]:
    return [
        BankLine(
            position=1, fingerprint="1", account="40703810900000000017", incoming=True,
            made_on=timezone.localdate(), amount=Decimal(50), number="1", state=LineState.OPEN, band=Band.OPEN,
            **changed,
        )
    ]  # fmt: skip


def _line(s: Scene, **changed: Any) -> BankLine:
    loaded = loading.load_statement(s.keeper.pk, _lines(**changed), digest="1", by=s.chair)
    return BankLine.objects.get(pk=loaded.lines[0].pk)


def _stale(s: Scene) -> dict[str, Any]:
    """Create a line that would be matched differently today."""
    line = _line(s)
    BankLine.objects.update(band=Band.LIKELY)
    return {"organization_id": line.organization_id}


def _sure(s: Scene) -> dict[str, Any]:
    line = _line(s, other_name=s.member.full_name, purpose=payer_number(s.member.pk))
    return {"organization_id": line.organization_id, "seen": (1, Decimal(50))}


def _shares(s: Scene) -> dict[str, Any]:
    return {"line_id": _line(s).pk, "shares": [Share(s.member.pk, Decimal(50))]}


def _posted(s: Scene) -> BankLine:
    line = _line(s)
    posting.post_line(line.pk, [Share(s.member.pk, Decimal(50))], by=s.chair)
    return line


def _deposited(s: Scene) -> dict[str, Any]:
    """Create a line for cash that was deposited at the bank."""
    line = _line(s)
    bank = ledger.AccountKey(AccountKind.BANK, number=line.account)
    with change(by=s.chair, rule="V-D6", event="dues.paid_out") as act:
        move = ledger.Move(bank, ledger.CASH, line.amount, line.made_on, "Расходный кассовый ордер № 1", "deposit")
        ledger.post_moves(act, [move], organization=s.keeper, rule="V-D6")
        act.silent = True
    return {"line_id": line.pk}


_ACCOUNT = {"number": "40703810200000000044", "bik": "047003999", "bank": "Банк"}


def _account(s: Scene) -> dict[str, Any]:
    added = accounts.add_account(s.keeper.pk, **_ACCOUNT, since=timezone.localdate(), by=s.chair)
    return {"account_id": added.pk, "until": timezone.localdate()}


def _from_itself(s: Scene) -> dict[str, Any]:
    accounts.add_account(s.keeper.pk, **_ACCOUNT, since=timezone.localdate(), by=s.chair)
    return {"line_id": _line(s, other_account=_ACCOUNT["number"]).pk}


def _to_superior(s: Scene) -> BankLine:
    """Create a payment with the sum owed to a superior and to the superior's account."""
    owed = _owed(s)
    superior = s.keeper.parent
    assert superior is not None
    OrganizationPassport.objects.update_or_create(
        organization=superior, defaults={"account": _ACCOUNT["number"], "bik": _ACCOUNT["bik"]}
    )
    line = _lines(other_account=_ACCOUNT["number"])[0]
    line.incoming, line.amount, line.state, line.band, line.reason = False, owed["amount"], LineState.OTHER, "", PAID
    loading.load_statement(s.keeper.pk, [line], digest="1", by=s.chair)
    return BankLine.objects.get()


def _settled(s: Scene) -> dict[str, Any]:
    line = _to_superior(s)
    partners.settle_line(line.pk, by=s.chair)
    return {"line_id": line.pk, "reason": "Ошибка"}


TABLE: Table = {
    accounts.add_account: Asked(
        PLACE,
        "Organization",
        lambda s: {"organization_id": s.keeper.pk, **_ACCOUNT, "since": timezone.localdate()},
    ),
    accounts.end_account: Asked(KEPT, "Organization OwnAccount", _account),
    posting.mark_own_transfer: Asked(KEPT, "Organization BankLine", _from_itself),
    partners.settle_line: Asked(KEPT, "Organization BankLine", lambda s: {"line_id": _to_superior(s).pk}),
    partners.free_line: Asked(KEPT, "Organization BankLine Remittance", _settled),
    loading.load_statement: Asked(
        PLACE, "Organization", lambda s: {"organization_id": s.keeper.pk, "lines": _lines(), "digest": "1"}
    ),
    unloading.unload_statement: Asked(
        KEPT,
        "Organization BankLine BankStatement",
        lambda s: {"statement_id": _line(s).statement_id, "reason": "Не те столбцы"},
    ),
    loading.match_again: Asked(PLACE, "Organization BankLine", _stale),
    posting.post_line: Asked(KEPT, "Organization BankLine Member DuesAccount", _shares),
    posting.post_sure: Asked(
        PLACE,
        "Organization BankLine Member DuesAccount",
        _sure,
    ),
    posting.mark_not_dues: Asked(
        KEPT, "Organization BankLine", lambda s: {"line_id": _line(s).pk, "reason": "Пожертвование"}
    ),
    posting.mark_deposit: Asked(KEPT, "Organization BankLine", _deposited),
    posting.put_back: Asked(
        KEPT, "Organization BankLine Member DuesAccount", lambda s: {"line_id": _posted(s).pk, "reason": "Ошибка"}
    ),
}
