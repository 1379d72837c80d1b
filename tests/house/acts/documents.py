"""Consents, printed papers, wordings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from documents.clauses.transitions import issue_form_text
from documents.consents.models import Consent, Withdrawal
from documents.consents.transitions import consents, destroying, texts, withdrawals
from documents.printing import codes
from documents.printing import transitions as printing
from documents.printing.models import SHIFTS, PrinterCalibration
from documents.rights import transitions as rights
from documents.rights.models import SubjectRequest
from registry.enums import DataClass

from ..cast import picture
from . import new
from .base import CARD, NOTED_BY_READERS, Asked, Scene, Table

#: Papers are printed by the officers of the keeper, and by chairs and registrars above.
PRINTERS = "+++-- - ++- +- 0-0 +"
#: Steps with a statement, which is visible to those who mark consents here or above.
STATEMENT = "+++00 0 --0 -0 000 +"


def _signed(s: Scene) -> Consent:
    return consents.mark_signed(s.member.pk, signed_on=timezone.localdate(), scan=picture(), by_hand=True, by=s.chair)


def _withdrawn(s: Scene) -> Withdrawal:
    return withdrawals.register_withdrawal(
        _signed(s).member_id, purposes=["processing"], received_on=timezone.localdate(), channel="hand", by=s.chair
    )


def _blocked(s: Scene) -> Withdrawal:
    return withdrawals.block_card(_withdrawn(s).pk, by=s.chair)


def _asked(s: Scene, kind: str = "access") -> SubjectRequest:
    return rights.register_request(
        s.member.pk, kind=kind, received_on=timezone.localdate(), channel="hand", details="Отчество", by=s.chair
    )


def _settled(request: SubjectRequest) -> dict[str, Any]:
    return {"request_id": request.pk, "settled_on": timezone.localdate(), "channel": "hand"}


def _refused(s: Scene) -> SubjectRequest:
    return rights.refuse_request(**_settled(_asked(s)), reason="Повторно", by=s.chair)


def _printed(s: Scene) -> str:
    code = codes.new_code()
    printing.record_other_print("decision", s.apply(), organization=s.keeper, code=code, by=s.chair)
    return code


def _tomorrow() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=1)


def _wording(s: Scene) -> dict[str, Any]:
    return dict(s.keeper.federation.charter.consent)


def _clauses(s: Scene) -> dict[str, str]:
    own = s.keeper.federation.charter.clauses_of("application")
    return {name: f"{clause['text']} Новое." for name, clause in own.items()}


def _shifts() -> dict[str, Any]:
    return {"name": "Принтер", "shifts": dict.fromkeys(SHIFTS, Decimal(0))}


def _printer(s: Scene) -> PrinterCalibration:
    return printing.save_printer(s.keeper.pk, **_shifts(), by=s.chair)


TABLE: Table = {
    consents.mark_signed: Asked(
        CARD,
        "Member Consent Withdrawal",
        lambda s: {"member_id": s.member.pk, "signed_on": timezone.localdate(), "by_hand": True},
    ),
    consents.mark_many_signed: Asked(
        CARD, "Member Consent Withdrawal", lambda s: {"dates": {s.member.pk: timezone.localdate()}, "by_hand": True}
    ),
    consents.take_back_tick: Asked(CARD, "Member Consent Withdrawal", lambda s: {"member_id": _signed(s).member_id}),
    consents.attach_scan: Asked(
        CARD, "Member Consent", lambda s: {"member_id": _signed(s).member_id, "scan": picture("JPEG")}
    ),
    withdrawals.register_withdrawal: Asked(
        CARD,
        "Member Consent",
        lambda s: {
            "member_id": _signed(s).member_id,
            "purposes": ["processing"],
            "received_on": timezone.localdate(),
            "channel": "hand",
        },
    ),
    withdrawals.block_card: Asked(STATEMENT, "Member Withdrawal", lambda s: {"withdrawal_id": _withdrawn(s).pk}),
    withdrawals.note_told: Asked(
        STATEMENT, "Withdrawal", lambda s: {"withdrawal_id": _withdrawn(s).pk, "told_on": timezone.localdate()}
    ),
    withdrawals.release_card: Asked(
        "+0000 0 -00 00 000 +",
        "Member Consent Withdrawal",
        lambda s: {"withdrawal_id": _blocked(s).pk, "signed_on": timezone.localdate()},
    ),
    destroying.destroy_data: Asked(
        "+0000 0 -00 00 000 +",
        "Member Withdrawal",
        lambda s: {"withdrawal_id": _blocked(s).pk, "destroyed_on": timezone.localdate(), "carriers": {}},
    ),
    withdrawals.note_statement_opened: Asked(
        "+++-- + ++- +- +-+ +",
        "",
        lambda s: {"withdrawal": _withdrawn(s)},
        why="the view loads the statement in scope",
    ),
    rights.register_request: Asked(
        CARD,
        "Organization Member",
        lambda s: {"member_id": s.member.pk, "kind": "access", "received_on": timezone.localdate(), "channel": "hand"},
    ),
    rights.extend_term: Asked(
        STATEMENT, "SubjectRequest", lambda s: {"request_id": _asked(s).pk, "reason": "Архив в другом городе"}
    ),
    rights.answer_request: Asked(STATEMENT, "SubjectRequest", lambda s: _settled(_asked(s, "correction"))),
    rights.refuse_request: Asked(STATEMENT, "SubjectRequest", lambda s: {**_settled(_asked(s)), "reason": "Повторно"}),
    rights.recall_request: Asked(
        STATEMENT, "SubjectRequest", lambda s: {"request_id": _asked(s).pk, "reason": "Отозван"}
    ),
    rights.reopen_request: Asked(STATEMENT, "SubjectRequest", lambda s: {"request_id": _refused(s).pk}),
    rights.note_extract: Asked(
        "++-00 0 --0 -0 000 +", "SubjectRequest", lambda s: {"request_id": _asked(s).pk, "form": "pdf"}
    ),
    rights.note_scan_opened: Asked(
        "+++-- + ++- +- +-+ +", "", lambda s: {"request": _asked(s)}, why="the view loads the request in scope"
    ),
    withdrawals.note_blocked_opened: Asked(
        "+---- - +-- -- --- +", "", lambda s: {"withdrawal": _blocked(s)}, why="the view loads the statement in scope"
    ),
    consents.note_scan_opened: Asked(
        NOTED_BY_READERS, "", lambda s: {"consent": _signed(s)}, why="the view loads the consent in scope"
    ),
    printing.record_prints: Asked(
        PRINTERS,
        "Member Consent",
        lambda s: {"form": "consent", "member_ids": [s.member.pk], "data_classes": [DataClass.GENERAL]},
    ),
    printing.record_blank: Asked(
        "+++-- + ++- +- +0+ 0", "Organization", lambda s: {"form": "consent"}, why="in the actor's own organisation"
    ),
    printing.record_other_print: Asked(
        "+++-- - ++- +- --- +",
        "",
        lambda s: {"form": "application", "about": s.apply(), "organization": s.keeper, "code": ""},
    ),
    printing.record_notices: Asked(
        "+++-- - ++- +- --- +",
        "",
        lambda s: {"form": "invitation", "meeting": new.meeting(s), "codes": {s.apply().pk: ""}},
    ),
    printing.find_print: Asked("+++-- ! ++- +- !-! +", "", lambda s: {"code": _printed(s)}),
    printing.record_list_print: Asked(
        "+++-- - ++- +- --- +", "", lambda s: {"place": s.keeper, "columns": ["age"], "members": [], "code": ""}
    ),
    printing.save_printer: Asked(
        "+++-- 0 ++- +- 000 +",
        "Organization",
        lambda s: {"organization_id": s.keeper.pk, **_shifts()},
    ),
    printing.remove_printer: Asked(
        "+++-- 0 ++- +- 000 +", "PrinterCalibration", lambda s: {"printer_id": _printer(s).pk}
    ),
    printing.record_consent_print: Asked(
        "+++-- - ++- +- --- +",
        "Application",
        lambda s: {"owner": s.apply(), "paper": {"name": "x"}, "organization": s.keeper, "code": ""},
    ),
    issue_form_text: Asked(
        "----- - --- -+ --- -",
        "Federation",
        lambda s: {"form": "application", "clauses": _clauses(s), "valid_from": _tomorrow()},
    ),
    texts.issue_text: Asked(
        "----- - --- -+ --- !", "Federation", lambda s: {"wording": _wording(s), "valid_from": timezone.localdate()}
    ),
}
