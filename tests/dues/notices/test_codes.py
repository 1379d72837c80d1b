"""The payer's number and the payment code of ГОСТ Р 56042-2014."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
import segno

from documents.printing.codes import code_picture
from dues.notices.codes import NoPaymentCode, Payee, payee_of, payment_code
from dues.numbers import payer_number, payer_of
from registry.organizations.models import OrganizationPassport
from tests.members import places

PAYEE = Payee(
    name="МО ВОИ «Заречная»", account="40703810900000000017", bank='АО "ПРИМЕР-БАНК"', bik="049999998",
    correspondent_account="30101810000000000998", inn="7707083893", kpp="770701001",
)  # fmt: skip


def code(payee: Payee = PAYEE, **changed: object) -> str:
    values = {"member_id": 1101, "amount": Decimal("50.00"), "purpose": "Членский взнос за 2024 г.", **changed}
    return payment_code(payee, **values).decode()  # type: ignore[arg-type]


@pytest.mark.parametrize("pk", [1, 1101, 9_999_999, 12_345_678, 10**16])
def test_the_payers_number_leads_back_to_the_card(pk: int) -> None:
    number = payer_number(pk)
    assert (payer_of(number), len(number) >= 8) == (pk, True)


def test_a_mistyped_number_of_a_payer_is_nobodys() -> None:
    number = payer_number(1101)
    wrong = {number[:at] + digit + number[at + 1 :] for at in range(len(number)) for digit in "0123456789"} - {number}
    swapped = {number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(len(number) - 1)} - {number}
    assert {payer_of(text) for text in wrong | swapped} == {None}
    assert [payer_of(text) for text in ("", number[1:], "٠" + number[1:], number + "x", "0" * 19)] == [None] * 5


def test_the_code_has_the_obligatory_values_first_and_the_sum_in_kopecks() -> None:
    assert code(period=dt.date(2024, 6, 1), amount=Decimal("1.05")).split("|") == [
        "ST00012",
        "Name=МО ВОИ «Заречная»",
        "PersonalAcc=40703810900000000017",
        'BankName=АО "ПРИМЕР-БАНК"',
        "BIC=049999998",
        "CorrespAcc=30101810000000000998",
        "Purpose=Членский взнос за 2024 г.",
        "PayeeINN=7707083893",
        "KPP=770701001",
        f"PersAcc={payer_number(1101)}",
        "Sum=105",
        "PaymPeriod=062024",
        "TechCode=14",
    ]


def test_empty_values_are_left_out_and_no_correspondent_account_is_a_nought() -> None:
    parts = code(replace(PAYEE, correspondent_account="", inn="", kpp="")).split("|")
    assert ("CorrespAcc=0" in parts, [p.split("=")[0] for p in parts[6:]]) == (
        True, ["Purpose", "PersAcc", "Sum", "TechCode"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "divider", "kept"),
    [("А|Б", "#", "А|Б"), ("А|Б#В", "^", "А|Б#В"), ("А|#^~;Б", "|", "А #^~;Б"), ("А\nБ\x00В", "|", "А БВ")],
)
def test_the_divider_stands_in_no_value(name: str, divider: str, kept: str) -> None:
    text = code(replace(PAYEE, name=name))
    assert text[:8] == f"ST00012{divider}"
    assert text[8:].split(divider)[0] == f"Name={kept}"


def test_long_values_are_cut_to_the_lengths_of_the_standard() -> None:
    parts = dict(
        p.split("=", 1) for p in code(replace(PAYEE, name="Я" * 400, bank="Б" * 100), purpose="Ц" * 400).split("|")[1:]
    )
    assert (len(parts["BankName"]), len(parts["Purpose"])) == (45, 210)
    first = "|".join(f"{key}={parts[key]}" for key in ("Name", "PersonalAcc", "BankName", "BIC", "CorrespAcc"))
    assert 299 <= len(first.encode()) <= 300


def test_the_picture_has_the_bytes_of_the_code_and_stays_small() -> None:
    drawn = segno.make(payment_code(PAYEE, member_id=1, amount=Decimal(50), purpose="Взнос"), error="m", micro=False)
    assert (drawn.mode, drawn.error, int(drawn.version) <= 20) == ("byte", "M", True)
    assert code_picture(b"ST00012|Name=x").startswith(b"<?xml")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "lacks"),
    [
        ({"bank": ""}, ["bank"]),
        ({"bik": "", "account": ""}, ["bik", "account"]),
        ({"account": "40703810900000000018"}, ["account"]),
        ({"bik": "149999998"}, ["bik"]),
        ({"correspondent_account": "30101810000000000999"}, ["correspondent_account"]),
        ({}, None),
    ],
)
def test_requisites_are_checked_before_a_code_is_made(changed: dict[str, str], lacks: list[str] | None) -> None:
    place = places.voi()
    values = {
        "bank": PAYEE.bank,
        "bik": PAYEE.bik,
        "account": PAYEE.account,
        "correspondent_account": PAYEE.correspondent_account,
    }
    passport = OrganizationPassport.objects.get(organization=place.keeper)
    OrganizationPassport.objects.filter(pk=passport.pk).update(**{**values, **changed})
    place.keeper.refresh_from_db()
    if lacks is None:
        payee = payee_of(place.keeper)
        assert (payee.account, payee.bik, payee.name) == (PAYEE.account, PAYEE.bik, place.keeper.full_name)
        return
    with pytest.raises(NoPaymentCode) as refusal:
        payee_of(place.keeper)
    assert refusal.value.lacks == lacks
