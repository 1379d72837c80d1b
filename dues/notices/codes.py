"""The payment code of ГОСТ Р 56042-2014 (anchors 2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from dues.numbers import payer_number
from registry.checks import CheckFailed, parse_account, parse_bik, parse_correspondent_account, parse_inn, parse_kpp
from registry.organizations.models import Organization, OrganizationPassport
from registry.text import clean

#: Version 1, UTF-8. The separator follows.
_HEAD = "ST00012"
#: Separators in order of preference: the first one that no value contains is used.
_DIVIDERS = "|#^~;"
#: Maximum length of the values in characters.
_LENGTHS = {"Name": 160, "BankName": 45, "Purpose": 210}
#: Maximum size of the obligatory values with their names, in bytes.
_OBLIGATORY_BYTES = 300
#: Purpose for dues of charitable and other public associations.
_TECHNICAL_CODE = "14"


class NoPaymentCode(Exception):
    """Raised if the requisites are not enough for a payment code; `lacks` has the names of the empty or wrong
    fields.
    """

    def __init__(self, lacks: list[str]) -> None:
        self.lacks = lacks
        super().__init__(", ".join(lacks))


@dataclass(frozen=True)
class Payee:
    """The checked requisites of an organisation's own account."""

    name: str
    account: str
    bank: str
    bik: str
    correspondent_account: str
    inn: str
    kpp: str


def payee_of(organization: Organization) -> Payee:
    """Return the checked requisites from the organisation's passport. Raises `NoPaymentCode`."""
    passport = getattr(organization, "passport", None) or OrganizationPassport(organization=organization)
    lacks = [field for field in ("bank", "bik", "account") if not getattr(passport, field)]
    if lacks:
        raise NoPaymentCode(lacks)
    bik = _checked("bik", parse_bik, passport.bik)
    return Payee(
        name=passport.payee or organization.full_name,
        account=_checked("account", parse_account, passport.account, bik),
        bank=passport.bank,
        bik=bik,
        correspondent_account=_checked(
            "correspondent_account", parse_correspondent_account, passport.correspondent_account, bik
        ),
        inn=_checked("inn", parse_inn, organization.inn),
        kpp=_checked("kpp", parse_kpp, organization.kpp),
    )


def _checked(name: str, parse: Callable[..., str], text: str, *more: str) -> str:
    if not text:
        return ""
    try:
        return parse(text, *more)
    except CheckFailed:
        raise NoPaymentCode([name]) from None


def payment_code(
    payee: Payee, *, member_id: int, amount: Decimal, purpose: str, period: dt.date | None = None
) -> bytes:
    """Return the contents of the payment code: requisites, purpose, the payer's number, the sum in kopecks.

    It does not name the payer, because everybody who sees the paper can read the code. `period` is the month that is
    paid for.
    """
    values = {
        "Name": payee.name,
        "PersonalAcc": payee.account,
        "BankName": payee.bank,
        "BIC": payee.bik,
        "CorrespAcc": payee.correspondent_account or "0",
        "Purpose": purpose,
        "PayeeINN": payee.inn,
        "KPP": payee.kpp,
        "PersAcc": payer_number(member_id),
        "Sum": str(int(amount * 100)),
        "PaymPeriod": f"{period:%m%Y}" if period else "",
        "TechCode": _TECHNICAL_CODE,
    }
    values = {key: clean(value, _LENGTHS.get(key, 30)).strip() for key, value in values.items()}
    divider = next((sign for sign in _DIVIDERS if not any(sign in value for value in values.values())), _DIVIDERS[0])
    values = {key: value.replace(divider, " ") for key, value in values.items() if value}
    obligatory = list(values)[:5]
    # The name is cut if the obligatory values are too long together.
    while values["Name"] and len(_joined(obligatory, values, divider).encode()) > _OBLIGATORY_BYTES:
        values["Name"] = values["Name"][:-1]
    return f"{_HEAD}{divider}{_joined(list(values), values, divider)}".encode()


def _joined(keys: list[str], values: dict[str, str], divider: str) -> str:
    return divider.join(f"{key}={values[key]}" for key in keys)
