"""Accounts, organisations, names, passports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from documents.consents.transitions.consents import store
from members.people.transitions.searches import noting
from registry.access import Actor
from registry.accounts.models import Account, SavedFilter
from registry.accounts.queries import code_at
from registry.accounts.tokens import SecondFactor
from registry.accounts.transitions import accounts, installation, screens, second_factor, sessions
from registry.bounces import transitions as bounces
from registry.breaches import transitions as breaches
from registry.breaches.models import Breach
from registry.enums import Level, Role
from registry.files import transitions as files
from registry.granting import transitions as granting
from registry.granting.models import GrantRequest
from registry.journal import transitions as journal
from registry.organizations.enums import BodyKind, OrganizationStatus
from registry.organizations.models import Organization
from registry.organizations.transitions import charters, lifecycle, passports, renames, zones
from registry.organizations.transitions import founding as organizations
from registry.remarks import transitions as remarks
from registry.remarks.models import Remark, RemarkRequest
from registry.statistics import transitions as statistics
from registry.supervision import transitions as supervision
from registry.transitions import (
    change,
    note_opened,
    opened_lately,
    quietly,
    record_evidence,
    write_event,
    write_events,
)
from tests.registry import trees

from .base import INSTALLATION, NOTED, OWN, PLACE, SUPERIOR, TODAY, UNION, Asked, Scene, Table

#: The installation and the administrators of the federation.
ADMINISTRATORS = "----- - --- -+ --- +"
#: The superior founds organisations below itself; the others do not see it.
FOUNDERS = "00--- 0 +-- ++ 0-0 +"
#: The same for steps that administrators can only request.
GIVERS = "++--- 0 +-- +! 000 +"
#: Only administrators request; the chair and those above confirm; the person who requested withdraws.
ASKERS = "----- 0 --- -+ 000 -"
CONFIRMING = "+-000 0 +00 +- 000 -"
WITHDRAWING = "--000 0 -00 -+ 000 -"
#: Only the chair and the deputy of an organisation see its cards of breaches; they open one in their own organisation.
ERASERS = "++000 0 000 00 000 +"
OPENERS = "++--- + +-- +- +0+ 0"
PERSON = {"surname": "Новикова", "given_name": "Ольга", "patronymic": "", "email": "", "phone": ""}
KEY = "0123456789abcdef0123456789abcdef01234567"
#: Officers of an organisation and of those below it are managed by its chair and everybody above.
MANAGERS = "++--- 0 +-- ++ 000 +"


def _subordinate(s: Scene) -> Account:
    account = trees.officer(s.keeper, Role.REGISTRAR, "Подчинённая").account
    assert account is not None
    return account


def _appointment(s: Scene, days: int = 30) -> int:
    since = timezone.localdate() - dt.timedelta(days=days)
    appointment = trees.officer(s.keeper, Role.REGISTRAR, "Подчинённая", since=since).appointment
    assert appointment is not None
    return appointment.pk


def _secured(account: Account, *, confirmed: bool = True) -> Account:
    SecondFactor.objects.create(user=account, confirmed=confirmed, key=KEY)
    return account


def _with_factors(s: Scene, *, confirmed: bool = True) -> dict[str, Any]:
    """Give everybody a telephone, all with the same secret."""
    for actor in s.actors.values():
        if actor.account is not None:
            _secured(actor.account, confirmed=confirmed)
    return {}


def _code_of_everybody(s: Scene, *, confirmed: bool) -> str:
    _with_factors(s, confirmed=confirmed)
    return code_at(KEY, timezone.now().timestamp())


def _status(s: Scene, status: str) -> int:
    Organization.objects.filter(pk=s.keeper.pk).update(status=status)
    return s.keeper.pk


def _body(s: Scene) -> int:
    return passports.add_body(s.keeper.pk, kind=BodyKind.AUDIT, name="Комиссия", by=s.chair).pk


def _seat(s: Scene) -> int:
    since = timezone.localdate()
    return passports.seat_person(_body(s), full_name="Ким Л. В.", since=since, by=s.chair).pk


def _asked(s: Scene) -> int:
    return renames.ask_rename(s.keeper.pk, full_name="Иное имя", short_name="Иное имя", by=s.chair).pk


def _answered(s: Scene) -> int:
    return renames.decide_rename(_asked(s), accept=False, reason="Нет приказа", by=s.superior).pk


def _name(s: Scene) -> dict[str, Any]:
    return {"organization_id": s.keeper.pk, "full_name": s.keeper.full_name, "short_name": s.keeper.short_name}


def _filter(s: Scene) -> int:
    assert s.chair.account is not None
    return SavedFilter.objects.create(account=s.chair.account, screen="members", name="Мои", values={"a": "b"}).pk


def _request(s: Scene) -> RemarkRequest:
    return RemarkRequest(kind="passport", text="Заполните", term=_in_a_week())


def _in_a_week() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=7)


def BREACH() -> dict[str, Any]:
    return {
        "what": "Список ушёл на чужой адрес", "noticed_by": "staff", "data": ["names"], "people": 3,
        "noticed_at": timezone.now() - dt.timedelta(hours=2), "causes": "Ошибка", "harm": "Звонки",
        "measures": "Письмо отозвано", "responsible": "Громов М. П.", "results": "Виновных нет",
    }  # fmt: skip


def _breach(s: Scene, state: str = "open", *, named: bool = False) -> Breach:
    found = breaches.open_breach(values=BREACH(), by=s.chair)
    if named:
        breaches.name_people(found.pk, [s.member.pk], by=s.chair)
    if state != "open":
        breaches.send_first(found.pk, sent_at=timezone.now(), by=s.chair)
    if state == "explained":
        breaches.send_second(found.pk, sent_at=timezone.now(), by=s.chair)
    return found


def _remark(s: Scene) -> Remark:
    return remarks.make_remark("organization", s.keeper.pk, text="Протокол", term=_in_a_week(), by=s.superior)


def _answered_remark(s: Scene) -> int:
    return remarks.answer_remark(_remark(s).pk, text="Отправлен", by=s.chair).pk


def _overdue(s: Scene) -> int:
    found = _remark(s).pk
    Remark.objects.filter(pk=found).update(term=timezone.localdate() - dt.timedelta(days=1))
    return found


def _collector(s: Scene) -> dict[str, Any]:
    return {
        "account_id": _subordinate(s).pk,
        "organization_id": s.keeper.pk,
        "role": Role.COLLECTOR,
        "starts_on": TODAY(),
    }


def _requested(s: Scene, days: int = 0, **changed: Any) -> int:
    """Create an administrator's request for a role, with its last day moved by this number of days."""
    asked = granting.ask_for_role(**_collector(s), by=s.actors["administrator"])
    GrantRequest.objects.filter(pk=asked.pk).update(until=asked.until + dt.timedelta(days=days), **changed)
    return asked.pk


SEAT = {"full_name": "Ким Л. В.", "until": None, "duty": "", "minutes": ""}

TABLE: Table = {
    accounts.create_account: Asked(
        GIVERS,
        "Organization",
        lambda s: {
            "organization_id": s.keeper.pk,
            "person": PERSON,
            "role": Role.REGISTRAR,
            "starts_on": timezone.localdate(),
        },
    ),
    accounts.edit_account: Asked(
        MANAGERS, "Account", lambda s: {"account_id": _subordinate(s).pk, "values": {"phone": "+79001112233"}}
    ),
    accounts.reissue_password: Asked(GIVERS, "Account", lambda s: {"account_id": _subordinate(s).pk}),
    accounts.block_account: Asked(
        MANAGERS, "Account", lambda s: {"account_id": _subordinate(s).pk, "reason": "Уволена"}
    ),
    accounts.unblock_account: Asked(
        GIVERS,
        "Account",
        lambda s: {"account_id": accounts.block_account(_subordinate(s).pk, reason="?", by=s.superior).pk},
    ),
    accounts.change_own_password: Asked(OWN, "Account", lambda s: {"password": "верный конь батарея скрепка"}),
    second_factor.begin: Asked(OWN, "Account SecondFactor", lambda s: {}),
    second_factor.confirm: Asked(
        OWN, "Account SecondFactor", lambda s: {"code": _code_of_everybody(s, confirmed=False)}
    ),
    second_factor.check_code: Asked(
        OWN, "Account SecondFactor", lambda s: {"code": _code_of_everybody(s, confirmed=True)}
    ),
    second_factor.renew_codes: Asked(OWN, "Account SecondFactor", lambda s: _with_factors(s)),
    second_factor.remove: Asked(OWN, "Account SecondFactor", lambda s: _with_factors(s)),
    second_factor.reset: Asked(GIVERS, "Account SecondFactor", lambda s: {"account_id": _secured(_subordinate(s)).pk}),
    accounts.edit_own_contacts: Asked(OWN, "Account", lambda s: {"values": {"phone": "+79001112233"}}),
    accounts.claim_digest: Asked(
        INSTALLATION, "Account", lambda s: {"account_id": _with_digest(s.chair).pk, "day": TODAY()}
    ),
    accounts.release_digest: Asked(
        INSTALLATION, "Account", lambda s: {"account_id": _with_digest(s.chair).pk, "before": None}
    ),
    bounces.note_refusal: Asked(
        INSTALLATION, "RefusedAddress", lambda s: {"address": "a@example.org", "status": "4.2.2"}
    ),
    bounces.forget_refusals: Asked(INSTALLATION, "", lambda s: {}),
    bounces.confirm_own_email: Asked(OWN, "Account", lambda s: _all_refused()),
    accounts.set_display: Asked(OWN, "Account", lambda s: {"values": {"large_type": True}}),
    accounts.end_own_sessions: Asked(OWN, "Account", lambda s: {}),
    accounts.appoint: Asked(
        GIVERS,
        "Organization Account",
        lambda s: {
            "account_id": _subordinate(s).pk,
            "organization_id": s.keeper.pk,
            "role": Role.COLLECTOR,
            "starts_on": timezone.localdate(),
        },
    ),
    accounts.dismiss: Asked(
        MANAGERS,
        "Organization Appointment",
        lambda s: {"appointment_id": _appointment(s), "last_day": timezone.localdate()},
    ),
    accounts.withdraw_appointment: Asked(
        MANAGERS, "Organization Appointment", lambda s: {"appointment_id": _appointment(s, days=0)}
    ),
    granting.ask_for_account: Asked(
        ASKERS,
        "Organization",
        lambda s: {"organization_id": s.keeper.pk, "person": PERSON, "role": Role.REGISTRAR, "starts_on": TODAY()},
    ),
    granting.ask_for_role: Asked(ASKERS, "Organization Account", lambda s: _collector(s)),
    granting.ask_for_password: Asked(ASKERS, "Account", lambda s: {"account_id": _subordinate(s).pk}),
    granting.ask_for_unblocking: Asked(
        ASKERS,
        "Account",
        lambda s: {"account_id": accounts.block_account(_subordinate(s).pk, reason="?", by=s.superior).pk},
    ),
    granting.ask_for_factor_reset: Asked(ASKERS, "Account", lambda s: {"account_id": _secured(_subordinate(s)).pk}),
    granting.confirm_grant: Asked(
        CONFIRMING, "Organization Account GrantRequest", lambda s: {"request_id": _requested(s)}
    ),
    granting.refuse_grant: Asked(
        CONFIRMING, "Organization Account GrantRequest", lambda s: {"request_id": _requested(s), "reason": "Не знаю"}
    ),
    granting.withdraw_grant: Asked(
        WITHDRAWING, "Organization Account GrantRequest", lambda s: {"request_id": _requested(s)}
    ),
    granting.lapse_grant: Asked(
        INSTALLATION, "Organization Account GrantRequest", lambda s: {"request_id": _requested(s, days=-15)}
    ),
    granting.hand_on: Asked(INSTALLATION, "GrantRequest", lambda s: {"request_id": _requested(s, asked_of=None)}),
    charters.change_charter: Asked(
        ADMINISTRATORS, "Federation", lambda s: {"federation_id": s.keeper.federation_id, "values": {"minimum_age": 16}}
    ),
    installation.create_administrator: Asked(INSTALLATION, "", lambda s: {"person": PERSON}),
    zones.set_time_zone: Asked(
        SUPERIOR,
        "Federation Organization",
        lambda s: {"organization_id": s.keeper.pk, "time_zone": "Asia/Kamchatka"},
    ),
    lifecycle.open_organization: Asked(
        SUPERIOR,
        "Federation Organization",
        lambda s: {"organization_id": _status(s, OrganizationStatus.FORMING), "on": timezone.localdate()},
    ),
    lifecycle.begin_liquidation: Asked(SUPERIOR, "Federation Organization", lambda s: {"organization_id": s.keeper.pk}),
    lifecycle.stop_liquidation: Asked(
        SUPERIOR, "Federation Organization", lambda s: {"organization_id": _status(s, OrganizationStatus.LIQUIDATING)}
    ),
    organizations.found_federation: Asked(
        INSTALLATION,
        "",
        lambda s: {
            "code": "new",
            "name": "Новая",
            "charter_key": "voi",
            "full_name": "Новая федерация",
            "short_name": "Новая",
        },
    ),
    organizations.found_organization: Asked(
        FOUNDERS,
        "Federation Organization",
        lambda s: {
            "parent": s.place.region,
            "level": Level.LOCAL,
            "full_name": "Новая организация",
            "short_name": "Новая организация",
        },
    ),
    organizations.found_list: Asked(
        FOUNDERS,
        "Federation Organization",
        lambda s: {
            "rows": [
                {
                    "parent": s.place.region,
                    "level": Level.LOCAL,
                    "full_name": "Новая",
                    "short_name": "Новая организация",
                }
            ]
        },
    ),
    organizations.keep_list: Asked(
        "++--- + +-- ++ +-+ +",
        "",
        lambda s: {"place": s.place.region, "data": b"list"},
        why="the file is the account's own until its rows are looked at; who may found at all may bring one",
    ),
    organizations.drop_list: Asked(
        "+---- - --- -- --- -",
        "",
        lambda s: {"file": organizations.keep_list(s.keeper, b"list", by=s.chair)},
    ),
    organizations.note_structure_exported: Asked(
        NOTED, "", lambda s: {"count": 1}, why="the structure that was taken is the actor's own subtree"
    ),
    passports.fill_passport: Asked(
        PLACE,
        "Organization OrganizationPassport",
        lambda s: {"organization_id": s.keeper.pk, "tab": "inpo", "values": {"phone": "+79001112233"}},
    ),
    passports.add_body: Asked(
        PLACE, "Organization", lambda s: {"organization_id": s.keeper.pk, "kind": BodyKind.AUDIT, "name": "Комиссия"}
    ),
    passports.edit_body: Asked(
        PLACE,
        "Organization GoverningBody",
        lambda s: {"body_id": _body(s), "kind": BodyKind.AUDIT, "name": "Ревизионная комиссия"},
    ),
    passports.remove_body: Asked(PLACE, "Organization GoverningBody", lambda s: {"body_id": _body(s)}),
    passports.seat_person: Asked(
        PLACE,
        "Organization GoverningBody",
        lambda s: {"body_id": _body(s), "full_name": "Ким Л. В.", "since": timezone.localdate()},
    ),
    passports.edit_seat: Asked(
        PLACE,
        "Organization GoverningBody BodySeat",
        lambda s: {"seat_id": _seat(s), **SEAT, "duty": "член", "since": timezone.localdate()},
    ),
    renames.confirm_name: Asked(PLACE, "Organization Account", lambda s: {"organization_id": s.keeper.pk}),
    renames.correct_name: Asked(PLACE, "Organization Account OrganizationPassport", _name),
    renames.ask_rename: Asked(
        "+++-- 0 --- -- 000 .",
        "Organization Account",
        lambda s: {**_name(s), "full_name": "Иное", "short_name": "Иное"},
    ),
    renames.decide_rename: Asked(
        SUPERIOR, "Organization RenameRequest OrganizationPassport", lambda s: {"request_id": _asked(s), "accept": True}
    ),
    renames.rename_organization: Asked(
        SUPERIOR, "Organization OrganizationPassport", lambda s: {**_name(s), "short_name": "Иное имя"}
    ),
    renames.dismiss_answer: Asked(PLACE, "RenameRequest", lambda s: {"request_id": _answered(s)}),
    screens.keep_filter: Asked(
        OWN, "SavedFilter", lambda s: {"screen": "members", "name": "Мои", "values": {"a": "b"}}
    ),
    screens.drop_filter: Asked("+0000 0 000 00 000 -", "", lambda s: {"filter_id": _filter(s)}),
    screens.put_away: Asked(OWN, "Account", lambda s: {"key": "start.steps_put_away", "organization_id": 1}),
    screens.choose_columns: Asked(OWN, "Account", lambda s: {"screen": "members", "columns": ["name"]}),
    journal.check_chains: Asked("+---+ - +-+ ++ --- +", "", lambda s: {"place": s.keeper}),
    journal.record_download: Asked("+---+ - +-+ ++ --- +", "", lambda s: {"place": s.keeper, "rows": 3}),
    supervision.record_download: Asked("+++-- - ++- +- --- +", "", lambda s: {"place": s.keeper, "topic": "people"}),
    breaches.open_breach: Asked(OPENERS, "Organization", lambda s: {"values": BREACH()}),
    breaches.change_breach: Asked(ERASERS, "Breach", lambda s: {"breach_id": _breach(s).pk, "values": BREACH()}),
    breaches.name_people: Asked(ERASERS, "Breach", lambda s: {"breach_id": _breach(s).pk, "member_ids": [s.member.pk]}),
    breaches.unname_person: Asked(
        ERASERS, "Breach", lambda s: {"breach_id": _breach(s, named=True).pk, "member_id": s.member.pk}
    ),
    breaches.record_told: Asked(
        ERASERS, "Breach", lambda s: {"breach_id": _breach(s, named=True).pk, "told_on": timezone.localdate()}
    ),
    breaches.send_first: Asked(ERASERS, "Breach", lambda s: {"breach_id": _breach(s).pk, "sent_at": timezone.now()}),
    breaches.send_second: Asked(
        ERASERS, "Breach", lambda s: {"breach_id": _breach(s, "told").pk, "sent_at": timezone.now()}
    ),
    breaches.close_breach: Asked(ERASERS, "Breach", lambda s: {"breach_id": _breach(s, "explained").pk}),
    breaches.dismiss_breach: Asked(ERASERS, "Breach", lambda s: {"breach_id": _breach(s).pk}),
    remarks.make_remark: Asked(
        "!!!-+ 0 +++ +- 000 +",
        "Organization",
        lambda s: {"kind": "organization", "record_id": s.keeper.pk, "text": "Пришлите протокол", "term": _in_a_week()},
    ),
    remarks.make_remarks: Asked(
        "!!!-+ . +++ +- !-! +",
        "Organization",
        lambda s: {"member_ids": [s.member.pk], "text": "Нет образования", "term": _in_a_week(), "field": "education"},
        charters=UNION,
    ),
    remarks.make_remarks_on: Asked(
        "!!!-+ ! +++ +- !-! +",
        "Organization",
        lambda s: {"kind": "passport", "organization_ids": [s.keeper.pk], "text": "Заполните", "term": _in_a_week()},
    ),
    remarks.ask_for_many: Asked(
        "+++-+ + +++ +- +-+ -",
        "Organization",
        lambda s: {"kind": "passport", "places": [(s.keeper.pk, ())], "text": "Заполните", "term": _in_a_week()},
    ),
    remarks.make_asked: Asked(
        "!!!-+ 0 +++ +- 0-0 +",
        "Organization",
        lambda s: {"request": _request(s), "place_id": s.keeper.pk, "member_ids": ()},
    ),
    remarks.answer_remark: Asked(
        "++-0- 0 --- -0 000 +", "Remark", lambda s: {"remark_id": _remark(s).pk, "text": "Отправлен"}
    ),
    remarks.accept_answer: Asked("!!!0! 0 +++ +0 000 +", "Remark", lambda s: {"remark_id": _answered_remark(s)}),
    remarks.return_answer: Asked(
        "!!!0! 0 +++ +0 000 +",
        "Remark",
        lambda s: {"remark_id": _answered_remark(s), "text": "Нет подписи", "term": _in_a_week()},
    ),
    remarks.withdraw_remark: Asked("!!!0! 0 +++ +0 000 +", "Remark", lambda s: {"remark_id": _remark(s).pk}),
    files.sweep_files: Asked(INSTALLATION, "", lambda s: {"contents": [], "rows": []}),
    remarks.raise_remark: Asked(INSTALLATION, "Remark", lambda s: {"remark_id": _overdue(s)}),
    statistics.record_download: Asked("+++-- - ++- +- --- +", "", lambda s: {"place": s.keeper, "report": "charts"}),
    statistics.ask_for_count: Asked(
        "+++-- 0 ++- +- 000 +",
        "Organization",
        lambda s: {
            "place_id": s.keeper.pk,
            "question": "health",
            "first": timezone.localdate(),
            "last": timezone.localdate(),
            "data_class": "health",
        },
    ),
    statistics.note_people_listed: Asked(
        "+++-- - ++- +- --- +", "", lambda s: {"place": s.keeper, "fields": "disability_group"}
    ),
    sessions.signed_in: Asked(NOTED, "", lambda s: {}, why="is about the actor alone"),
    sessions.note_proof: Asked("+++++ + +++ ++ +++ 0", "", lambda s: {}, why="counts attempts of the actor alone"),
    sessions.forget_proof: Asked("+++++ + +++ ++ +++ 0", "", lambda s: {}, why="counts attempts of the actor alone"),
    sessions.signed_out: Asked(NOTED, "", lambda s: {}, why="is about the actor alone"),
    sessions.chosen: Asked(
        NOTED,
        "",
        lambda s: {"appointment": s.chair.appointment},
        why="the view takes the account's own appointments alone",
    ),
}

#: Functions that transitions consist of; they are tested through each transition.
PARTS = {change, note_opened, noting, opened_lately, quietly, record_evidence, store, write_event, write_events}


def _all_refused() -> dict[str, Any]:
    """Mark the addresses of all accounts as refusing e-mails."""
    Account.objects.get_queryset().update(email_refused_at=timezone.now())
    return {}


def _with_digest(chair: Actor) -> Account:
    assert chair.account is not None
    Account.objects.filter(pk=chair.account.pk).update(digest="daily", digest_sent_on=None)
    return chair.account
