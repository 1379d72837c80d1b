"""Classes of evidence, and the three resulting bands (V-D4, anchors 3)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dues.bank.enums import Band, Evidence
from dues.bank.models import BankLine, KnownPayer
from dues.bank.queries.matching import matches
from dues.bank.rules.matching import Match, People, Person, is_personal, match
from dues.bank.rules.splitting import less, split
from dues.ledger.enums import Fee
from dues.numbers import payer_number
from dues.payments.rules import Purpose
from members.people.models import Member
from tests.conftest import examples

from .world import FEE, OTHER_PAYER, PAYER, TODAY, YEAR, bank

FULL = ("иванов", "иван", "петрович")


def person(pk: int, surname: str, given: str, patronymic: str = "", *, ticket: str = "", owes: int = 0) -> Person:
    parts = [tuple(part.lower().replace("ё", "е").split("-")) if part else () for part in (surname, given, patronymic)]
    return Person(pk, parts[0], parts[1], parts[2], ticket, Decimal(owes))


IVANOV = person(1101, "Иванов", "Иван", "Петрович", ticket="77", owes=50)
SEMENOVA = person(1102, "Семёнова", "Алёна", "Юрьевна", ticket="78", owes=50)
DOUBLE = person(1103, "Петров-Водкин", "Кузьма", "", owes=120)
PEOPLE = (IVANOV, SEMENOVA, DOUBLE)
N1, N2, N3 = (payer_number(pk) for pk in (1101, 1102, 1103))


def found(name: str = "", purpose: str = "", *people: Person, amount: int = 50, **more: object) -> Match:
    known = {PAYER: more["known"]} if "known" in more else {}
    line = BankLine(
        other_name=name, purpose=purpose, amount=Decimal(amount), other_account=PAYER,
        remarks=str(more.get("remarks", "")),
    )  # fmt: skip
    return match(line, People(people or PEOPLE), known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "purpose", "pk"),
    [
        ("ИВАНОВ ИВАН ПЕТРОВИЧ", f"Взнос ЛС {N1}", 1101),
        ("Иванов И. П.", f"ЛС:{N1};", 1101),
        ("ИВАНОВ И.П.//127422 МОСКВА//", f"PersAcc={N1}", 1101),
        ("СЕМЕНОВА АЛЕНА ЮРЬЕВНА", f"{N2} взнос", 1102),
        ("КАССА БАНКА", f"Взнос Семёновой, Семёнова А.Ю., № {N2}", 1102),
        ("Алёна Юрьевна Семёнова", N2, 1102),
        ("ПЕТРОВ-ВОДКИН КУЗЬМА", N3, 1103),
        ("Петров Водкин К.", N3, 1103),
    ],
)
def test_a_number_with_its_name_is_sure(name: str, purpose: str, pk: int) -> None:
    assert found(name, purpose) == Match(Band.SURE, ((pk, Evidence.NUMBER_NAME),))


@pytest.mark.parametrize(
    ("name", "purpose", "more", "expected"),
    [
        # A payer with another name does not contradict a number, nor does a remembered account.
        ("ЕГОРОВА ЗОЯ", N1, {}, (1101, Evidence.NUMBER)),
        ("ЕГОРОВА ЗОЯ", N1, {"known": {1102}}, (1101, Evidence.NUMBER)),
        ("ИВАНОВ И П", "билет № 0077", {}, (1101, Evidence.TICKET_NAME)),
        ("ИВАНОВ ИВАН", "Чл. билет 77 за год", {}, (1101, Evidence.TICKET_NAME)),
        ("ЕГОРОВА ЗОЯ", "взнос", {"known": {1102}}, (1102, Evidence.ACCOUNT)),
        ("СЕМЕНОВА А. Ю.", "взнос", {"known": {1102}}, (1102, Evidence.ACCOUNT)),
        ("ИВАНОВ ИВАН ПЕТРОВИЧ", "взнос", {}, (1101, Evidence.NAME_SUM)),
        ("ИВАН ПЕТРОВИЧ ИВАНОВ", "взнос", {}, (1101, Evidence.NAME_SUM)),
        # A line with a remark is never certain.
        ("ИВАНОВ ИВАН ПЕТРОВИЧ", N1, {"remarks": "День не читается."}, (1101, Evidence.NUMBER_NAME)),
    ],
)
def test_one_strong_evidence_is_likely(name: str, purpose: str, more: dict[str, object], expected: object) -> None:
    assert found(name, purpose, **more) == Match(Band.LIKELY, (expected,))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "purpose", "amount", "more", "expected"),
    [
        # A matching sum alone is no evidence.
        ("ЕГОРОВА ЗОЯ", "взнос", 50, {}, ()),
        ("ИВАНОВ ИВАН ПЕТРОВИЧ", "взнос", 49, {}, ((1101, Evidence.NAME),)),
        ("ИВАНОВ ИВАН ПЕТРОВИЧ", "взнос", 51, {}, ((1101, Evidence.NAME),)),
        ("ИВАНОВ И. П.", "взнос", 50, {}, ((1101, Evidence.INITIALS),)),
        ("ИВАНОВ ИВАН", "взнос", 50, {}, ((1101, Evidence.INITIALS),)),
        ("ЕГОРОВА ЗОЯ", "билет 77", 50, {}, ((1101, Evidence.TICKET),)),
        # The name of one member and the number of another: both are proposed.
        ("СЕМЁНОВА АЛЁНА ЮРЬЕВНА", N1, 50, {}, ((1101, Evidence.NUMBER), (1102, Evidence.NAME_SUM))),
        ("СЕМЁНОВА А Ю", N1, 50, {}, ((1101, Evidence.NUMBER), (1102, Evidence.INITIALS))),
        # Two numbers, two names, two remembered payers.
        ("ИВАНОВ И П", f"{N1} {N2}", 50, {}, ((1101, Evidence.NUMBER_NAME), (1102, Evidence.NUMBER))),
        (
            "ИВАНОВ ИВАН ПЕТРОВИЧ", "за СЕМЁНОВА АЛЁНА ЮРЬЕВНА", 50, {},
            ((1101, Evidence.NAME_SUM), (1102, Evidence.NAME_SUM)),
        ),
        ("ЕГОРОВА", "взнос", 50, {"known": {1101, 1102}}, ((1101, Evidence.ACCOUNT), (1102, Evidence.ACCOUNT))),
        ("ИВАНОВ И П", "взнос", 50, {"known": {1102}}, ((1102, Evidence.ACCOUNT), (1101, Evidence.INITIALS))),
        ("ИВАНОВ ИВАН ПЕТРОВИЧ", "билет 78", 50, {}, ((1101, Evidence.NAME_SUM), (1102, Evidence.TICKET))),
        # Other people with the same surname are not proposed.
        ("ИВАНОВ ПЁТР ИВАНОВИЧ", "взнос", 50, {}, ()),
        ("ИВАНОВ И. С.", "взнос", 50, {}, ()),
        ("ИВАНОВ", "взнос", 50, {}, ()),
    ],
)  # fmt: skip
def test_weak_or_divided_evidence_is_open(
    name: str, purpose: str, amount: int, more: dict[str, object], expected: object
) -> None:
    assert found(name, purpose, amount=amount, **more) == Match(Band.OPEN, expected)  # type: ignore[arg-type]


def test_namesakes_are_told_apart_by_the_number_alone() -> None:
    second = replace(IVANOV, pk=1104, owes=Decimal(120))
    both = found("ИВАНОВ ИВАН ПЕТРОВИЧ", "взнос", IVANOV, second)
    assert both == Match(Band.OPEN, ((1101, Evidence.NAME_SUM), (1104, Evidence.NAME)))
    one = found("ИВАНОВ ИВАН ПЕТРОВИЧ", payer_number(1104), IVANOV, second)
    assert one == Match(Band.SURE, ((1104, Evidence.NUMBER_NAME),))


@pytest.mark.parametrize("text", ["00011011", "1101", f"1{N1}", "٠٠٠١١٠١٢", f"{N1}٠", "0" * 19])
def test_a_mistyped_number_is_none(text: str) -> None:
    assert found("ЕГОРОВА ЗОЯ", text).candidates == ()


def test_a_number_of_somebody_else_is_not_here() -> None:
    assert found("ЕГОРОВА ЗОЯ", payer_number(9999)) == Match(Band.OPEN, (), not_here=True)
    assert found("ЕГОРОВА ЗОЯ", "взнос").not_here is False
    assert found("ИВАНОВ ИВАН ПЕТРОВИЧ", N1).not_here is False


def test_accounts_of_people_are_remembered_and_those_of_banks_are_not() -> None:
    personal = [account for account in ("40817", "40820", "40802", "42301", "42601", "30233", "40911", "40703", "")
                if is_personal(account)]  # fmt: skip
    assert personal == ["40817", "40820", "40802", "42301", "42601"]


DEBTS = [
    Purpose(Fee.ENTRANCE, None, Decimal(50)),
    Purpose(Fee.ANNUAL, YEAR - 1, Decimal(50)),
    Purpose(Fee.ANNUAL, YEAR, Decimal(50)),
    Purpose(Fee.ANNUAL, YEAR + 1, Decimal(0)),
    Purpose(Fee.VOLUNTARY, None, Decimal(0)),
]


@pytest.mark.parametrize(
    ("amount", "text", "expected"),
    [
        ("49.99", "", [("entrance", None, "49.99")]),
        ("50.00", "", [("entrance", None, "50.00")]),
        ("50.01", "", [("entrance", None, "50.00"), ("annual", YEAR - 1, "0.01")]),
        ("150.00", "", [("entrance", None, "50"), ("annual", YEAR - 1, "50"), ("annual", YEAR, "50")]),
        ("150.01", "", [("entrance", None, "50"), ("annual", YEAR - 1, "50"), ("annual", YEAR, "50"),
                        ("annual", YEAR + 1, "0.01")]),
        ("60.00", f"взнос за {YEAR} год", [("annual", YEAR, "50"), ("entrance", None, "10")]),
        ("60.00", f"за {YEAR - 1}, {YEAR}", [("entrance", None, "50"), ("annual", YEAR - 1, "10")]),
        ("10.00", f"договор 1{YEAR}", [("entrance", None, "10")]),
    ],
)  # fmt: skip
def test_a_sum_goes_to_the_debts_in_their_order(amount: str, text: str, expected: list[tuple[str, int, str]]) -> None:
    parts = split(Decimal(amount), DEBTS, TODAY, text=text)
    assert parts == [((fee, year, None), Decimal(sum_)) for fee, year, sum_ in expected]


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        ([Purpose(Fee.PERCENT, YEAR - 1, Decimal(0)), Purpose(Fee.PERCENT, YEAR, Decimal(0))], ("percent", YEAR)),
        ([Purpose(Fee.ANNUAL, YEAR - 1, Decimal(0))], ("voluntary", None)),
        ([], ("voluntary", None)),
    ],
)
def test_what_is_left_is_an_advance_or_voluntary(offered: list[Purpose], expected: tuple[str, int | None]) -> None:
    assert split(Decimal(10), offered, TODAY) == [((*expected, None), Decimal(10))]


def test_v_d2_later_instalments_are_paid_after_all_other_debts() -> None:
    contribution = Purpose(Fee.PROPERTY, YEAR, Decimal(300), TODAY, 7, "Ремонт", first=Decimal(100))
    offered = [contribution, *DEBTS]
    of_it, annual = ("property", YEAR, 7), ("annual", YEAR, None)
    assert dict(split(Decimal(100), offered, TODAY)) == {of_it: 100}
    assert dict(split(Decimal(260), offered, TODAY))[of_it] == 110
    assert dict(split(Decimal(260), offered, TODAY))[annual] == 50
    assert less(offered, [(of_it, Decimal(60))])[0] == replace(contribution, left=Decimal(240), first=Decimal(40))
    assert less(offered, [(of_it, Decimal(120))])[0] == replace(contribution, left=Decimal(180), first=Decimal(0))


#: Fee, year or id of a property contribution, debt and sum of the first term in kopecks.
OWED = st.tuples(
    st.sampled_from([Fee.ANNUAL, Fee.PROPERTY]),
    st.integers(YEAR - 3, YEAR + 1),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)


def debt_of(fee: Fee, year: int, left: int, first: int) -> Purpose:
    owed = Decimal(left).scaleb(-2)
    if fee == Fee.ANNUAL:
        return Purpose(fee, year, owed)
    return Purpose(fee, YEAR, owed, TODAY, year, "Ремонт", min(owed, Decimal(first).scaleb(-2)))


@given(st.integers(1, 10**9), st.lists(OWED, unique_by=lambda debt: debt[:2]))
@settings(max_examples=examples(200), deadline=None)
def test_n_d1_the_parts_come_to_the_sum_and_no_debt_is_paid_twice(
    kopecks: int, debts: list[tuple[Fee, int, int, int]]
) -> None:
    amount = Decimal(kopecks).scaleb(-2)
    offered = [debt_of(*debt) for debt in debts]
    parts = split(amount, offered, TODAY)
    assert sum(part for _what, part in parts) == amount
    assert all(part > 0 for _what, part in parts)
    owed = sum(purpose.left for purpose in offered)
    rest = less(offered, parts)
    assert sum(purpose.left for purpose in rest) == max(owed - amount, Decimal(0))


@pytest.mark.django_db
def test_only_people_registered_here_are_matched_by_two_queries(
    django_assert_num_queries: object,
) -> None:
    w = bank()
    KnownPayer.objects.create(organization=w.keeper, account=OTHER_PAYER, member=w.members[2], confirmed_on=TODAY)
    lines = [
        BankLine(other_name="АЛЕКСЕЕВА АННА ПЕТРОВНА", purpose=w.number(0), amount=FEE),
        BankLine(other_name="БОРИСОВА АЛЕНА ЮРЬЕВНА", purpose="взнос", amount=FEE),
        BankLine(other_name="КАССА", purpose="билет 43", amount=FEE),
        BankLine(other_name="КАССА", purpose="взнос", amount=FEE, other_account=OTHER_PAYER),
    ]
    with django_assert_num_queries(2):  # type: ignore[operator]
        here = matches(w.keeper, lines, w.chair)
    assert [(one.band, one.candidates) for one in here] == [
        (Band.SURE, ((w.members[0].pk, Evidence.NUMBER_NAME),)),
        (Band.LIKELY, ((w.members[1].pk, Evidence.NAME_SUM),)),
        (Band.OPEN, ((w.members[2].pk, Evidence.TICKET),)),
        (Band.LIKELY, ((w.members[2].pk, Evidence.ACCOUNT),)),
    ]
    elsewhere = matches(w.place.region, lines, w.place.region_chair)
    assert [(one.candidates, one.not_here) for one in elsewhere] == [((), True), ((), False), ((), False), ((), False)]
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert matches(w.keeper, [], w.chair) == []


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize("noughts", [0, 1, 18])
def test_a_ticket_is_found_by_its_number_with_as_many_noughts_as_it_has(noughts: int) -> None:
    w = bank()
    Member.objects.filter(pk=w.members[2].pk).update(ticket_number="0" * noughts + "43")
    for said in ("43", "0043"):
        (found,) = matches(w.keeper, [BankLine(other_name="КАССА", purpose=f"билет {said}", amount=FEE)], w.chair)
        assert (found.band, found.candidates) == (Band.OPEN, ((w.members[2].pk, Evidence.TICKET),))
