"""Statements in the format 1CClientBankExchange: what is read, what is flagged, and what is refused with its line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from dues.bank.reading import client_bank
from dues.bank.reading.client_bank import is_client_bank, read
from dues.bank.reading.statement import Document, StatementRefused, fingerprint, parse_day, parse_sum

DATA = Path(__file__).parent / "data"
OWN, SECOND, FOREIGN = "40703810900000000017", "40703810400000000025", "40817810000000000201"
DAY = dt.date(2024, 2, 2)


def section(received: str = "50.00", paid: str = "0.00", opening: str = "10.00", closing: str = "60.00") -> str:
    return (
        f"СекцияРасчСчет\nДатаНачала=02.02.2024\nРасчСчет={OWN}\nНачальныйОстаток={opening}\n"
        f"ВсегоПоступило={received}\nВсегоСписано={paid}\nКонечныйОстаток={closing}\nКонецРасчСчет\n"
    )


def document(**changed: str) -> str:
    values = {
        "Номер": "1", "Дата": "02.02.2024", "Сумма": "50.00", "ПлательщикСчет": FOREIGN, "Плательщик1": "ИВАНОВ ИВАН",
        "ПолучательСчет": OWN, "ДатаПоступило": "02.02.2024", "НазначениеПлатежа": "Членский взнос",
    }  # fmt: skip
    lines = "".join(f"{key}={value}\n" for key, value in {**values, **changed}.items())
    return f"СекцияДокумент=Платежное поручение\n{lines}КонецДокумента\n"


def statement(
    body: str, *, accounts: str = f"РасчСчет={OWN}\n", end: str = "КонецФайла\n", encoding: str = "cp1251"
) -> bytes:
    heading = f"1CClientBankExchange\nВерсияФормата=1.03\nДатаНачала=02.02.2024\nДатаКонца=02.02.2024\n{accounts}"
    return f"{heading}{body}{end}".encode(encoding)


def one(body: str) -> Document:
    found = read(statement(body), {OWN})
    assert len(found.documents) == 1
    return found.documents[0]


def faults(data: bytes, own: set[str] | None = None) -> list[tuple[int, str]]:
    with pytest.raises(StatementRefused) as refusal:
        read(data, own or {OWN})
    return [(fault.line, str(fault.text)) for fault in refusal.value.faults]


@pytest.mark.parametrize("name", ["clean_cp1251", "clean_cp866", "clean_utf8"])
def test_the_same_statement_is_read_in_each_encoding(name: str) -> None:
    found = read((DATA / f"{name}.txt").read_bytes(), {OWN})
    assert (found.first_day, found.last_day, found.closing) == (DAY, DAY, {OWN: Decimal("22920.00")})
    assert [(d.number, d.day, d.amount, d.incoming, d.other_inn) for d in found.documents] == [
        ("101", DAY, Decimal(50), True, "001234567887"),
        ("102", DAY, Decimal(100), True, ""),
        ("512", DAY, Decimal(12500), True, "0076543215"),
        ("7", DAY, Decimal(300), True, "0099999903"),
        ("900", DAY, Decimal(30), False, "0099999903"),
    ]
    first = found.documents[0]
    assert (first.other_name, first.other_account, first.line) == ("ИВАНОВ ИВАН ИВАНОВИЧ", FOREIGN, 20)
    assert first.purpose == "Членский взнос за 2024 год, билет 000123. НДС не облагается"
    assert first.raw.splitlines()[:2] == ["номер=101", "дата=02.02.2024"]


def test_the_deviations_of_banks_are_read() -> None:
    found = read((DATA / "dirty_cp1251.txt").read_bytes(), {OWN, SECOND})
    assert found.closing == {OWN: Decimal("33735.27"), SECOND: Decimal("1000.00")}
    said = [(d.number, d.amount, d.other_name, d.other_inn, d.ordinal, len(d.remarks)) for d in found.documents]
    assert said == [
        ("FDC240", Decimal("50.00"), 'АО "ПРИМЕР-БАНК"', "0099999903", 1, 0),
        ("000017", Decimal("9714.77"), "СЕМЁНОВ ПЁТР ИЛЬИЧ", "", 1, 0),
        ("1", Decimal("425.00"), "ИВАНОВ ИВАН ИВАНОВИЧ", "", 1, 0),
        ("1", Decimal("425.00"), "ИВАНОВ ИВАН ИВАНОВИЧ", "", 2, 0),
        ("18", Decimal("1000.00"), 'МЕСТНАЯ ОРГАНИЗАЦИЯ "ПРИМЕР" (ВЫДУМАННАЯ)', "0012345673", 1, 1),
        ("18", Decimal("1000.00"), "", "0012345673", 1, 1),
        ("22", Decimal("1200.50"), 'МБОУ "ВЫДУМАННАЯ ШКОЛА № 1"', "0076543215", 1, 0),
    ]
    # Documents of acquiring contain only the day of the debit.
    assert (found.documents[0].incoming, found.documents[0].day) == (True, dt.date(2024, 2, 1))
    assert found.documents[6].purpose == "Профвзносы за декабрь 2025, дополнительно;"


def test_a_forged_statement_is_refused_with_every_line_named() -> None:
    found = faults((DATA / "hostile_cp1251.txt").read_bytes())
    assert [line for line, _text in found] == [675, 701, 702, 703, 704, 708, 709, 710, 712, 738]


def test_two_equal_documents_stay_two_and_have_the_same_keys_in_an_overlapping_statement() -> None:
    twice = read(statement(section("150.00", closing="160.00") + document() * 2 + document(Номер="2")), {OWN})
    again = read(statement(section("200.00", closing="210.00") + document() * 2 + document(Номер="2") * 2), {OWN})
    keys = [[(*fingerprint(d), d.ordinal) for d in found.documents] for found in (twice, again)]
    assert (len(set(keys[1])), keys[1][:3]) == (4, keys[0])


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({}, {"НазначениеПлатежа": " членский  ВЗНОС."}, True),
        ({}, {"НазначениеПлатежа": "Членский взнос 2"}, False),
        ({"Номер": "01"}, {"Номер": "1"}, False),
        ({}, {"ПлательщикСчет": SECOND}, False),
        ({}, {"Сумма": "50.01"}, False),
        ({}, {"ДатаПоступило": "01.02.2024"}, False),
    ],
)
def test_documents_are_the_same_by_number_day_sum_accounts_and_purpose(
    first: dict[str, str], second: dict[str, str], same: bool
) -> None:
    found = [
        one(
            section()
            .replace("50.00", values.get("Сумма", "50.00"))
            .replace("60.00", "60.01" if "Сумма" in values else "60.00")
            + document(**values)
        )
        for values in (first, second)
    ]
    assert (fingerprint(found[0]) == fingerprint(found[1])) is same


def test_a_purpose_in_parts_is_joined_and_a_whole_one_goes_before_them() -> None:
    parts = {"НазначениеПлатежа": "", "НазначениеПлатежа1": "Взнос", "НазначениеПлатежа 2": "за 2024"}
    assert one(section() + document(**parts)).purpose == "Взнос за 2024"
    assert one(section() + document(НазначениеПлатежа1="другое")).purpose == "Членский взнос"


def test_an_outgoing_document_names_the_payee_and_the_day_of_writing_off() -> None:
    paid = {
        "ПлательщикСчет": OWN,
        "ПолучательСчет": FOREIGN,
        "Получатель": "ИНН 7707083893 ООО «ОДИН»",
        "ДатаСписано": "02.02.2024",
        "ДатаПоступило": "01.02.2024",
    }
    found = one(section("0.00", "50.00", "60.00", "10.00") + document(**paid))
    assert (found.incoming, found.other_name, found.other_account, found.day) == (False, "ООО «ОДИН»", FOREIGN, DAY)


@pytest.mark.parametrize(
    ("days", "day", "remarks"),
    [
        ({"ДатаПоступило": "01.02.2024"}, dt.date(2024, 2, 1), 1),
        ({"ДатаПоступило": "03.02.2024"}, dt.date(2024, 2, 3), 1),
        ({"ДатаПоступило": "", "Дата": "02.02.2024"}, DAY, 0),
        ({"ДатаПоступило": "31.02.2024", "Дата": "02.02.26"}, None, 1),
        ({"ДатаПоступило": "02.02.9999", "Дата": "2024-02-02"}, None, 1),
    ],
)
def test_a_day_that_is_odd_flags_the_line(days: dict[str, str], day: dt.date | None, remarks: int) -> None:
    found = one(section() + document(**days))
    assert (found.day, len(found.remarks)) == (day, remarks)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("50", "50.00"), ("1000.", "1000.00"), ("1 200,50", "1200.50"), ("1\u00a0200.5", "1200.50"), ("0.01", "0.01"),
        ("9999999999999.99", "9999999999999.99"), ("0", "0.00"),
    ],
)  # fmt: skip
def test_sums_are_exact(text: str, amount: str) -> None:
    assert str(parse_sum(text)) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-50.00",
        "0.001",
        "1e400",
        "NaN",
        "99999999999999.00",
        "50.00 руб",
        "5O.00",
        "0x32",
        "50.0.0",
        "1_000.00",
        "٥٠",
        ".5",
        "+5",
    ],
)
def test_what_is_no_sum_is_none(text: str) -> None:
    assert parse_sum(text) is None
    line, message = faults(statement(section() + document(Сумма=text), encoding="utf-8"))[0]
    assert (line, message[:5]) == (17, "Сумма")


@pytest.mark.parametrize(
    ("text", "day"),
    [("29.02.2024", dt.date(2024, 2, 29)), ("01.01.2000", dt.date(2000, 1, 1)), ("31.12.2099", dt.date(2099, 12, 31))],
)
def test_days_are_read(text: str, day: dt.date) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    "text", ["", "30.02.2024", "00.00.0000", "02.02.26", "2024-02-02", "31.12.1999", "01.01.2100", "٠٢.٠٢.٢٠٢٦"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert parse_day(text) is None


Change = Callable[[bytes], bytes]
WHOLE = statement(section() + document())


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", 1),
        (b"\xd0\xbd\xd0\xb5 \xd0\xb2\xd1\x8b\xd0\xbf\xd0\xb8\xd1\x81\xd0\xba\xd0\xb0", 1),
        (statement(section() + document(), end=""), 23),
        (statement(section(closing="60.01") + document()), 6),
        (statement(section("50.01", closing="60.01") + document()), 6),
        (statement(section("50.00", "0.01", closing="59.99") + document()), 6),
        (statement(section() + document() + document()), 6),
        (statement(section() + section(opening="60.01", closing="110.01") + document() * 2), 14),
        (statement(section() + document(ПолучательСчет=SECOND)), 14),
        (statement(section() + document().replace("Номер=1\n", "Номер=1\nНомер=2\n")), 16),
        (statement(section() + document().replace("Номер=1\n", "Номер=1\nСекцияДокумент=Прочее\n")), 16),
        (statement(section() + document() + "КонецДокумента\n"), 24),
        (statement(section() + document() + "без ключа\n"), 24),
        (statement(section() + document().replace("КонецДокумента\n", "")), 14),
        (statement(section() + document(), accounts=f"РасчСчет={SECOND}\n").replace(OWN.encode(), SECOND.encode()), 0),
        (WHOLE.decode("cp1251").translate(dict.fromkeys(range(0x410, 0x450), "\ufffd")).encode(), 0),
    ],
)  # fmt: skip
def test_a_statement_that_is_not_whole_or_does_not_agree_is_refused(data: bytes, line: int) -> None:
    assert faults(data)[0][0] == line


def test_a_whole_statement_is_read_as_a_control() -> None:
    assert one(section() + document()).amount == 50
    days = section() + section(opening="60.00", closing="110.00").replace("ДатаНачала=02", "ДатаНачала=03")
    assert read(statement(days + document() * 2), {OWN}).closing == {OWN: Decimal("110.00")}
    assert len(read(statement(section() + document(), end="КонецВыписки"), {OWN}).documents) == 1


def test_a_statement_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = statement(section("100.00", closing="110.00") + document() * 2)
    monkeypatch.setattr(client_bank, "MAX_DOCUMENTS", 2)
    assert len(read(data, {OWN}).documents) == 2
    monkeypatch.setattr(client_bank, "MAX_DOCUMENTS", 1)
    assert [line for line, _text in faults(data)] == [24]
    monkeypatch.setattr(client_bank, "MAX_UPLOAD_BYTES", len(data) - 1)
    assert [line for line, _text in faults(data)] == [0]


def test_no_more_faults_are_told_than_one_can_read() -> None:
    assert len(faults(statement("без ключа\n" * 200))) == 50


def test_texts_of_a_document_are_bounded_and_clean() -> None:
    long = {"НазначениеПлатежа": "Н" * 5000, "Плательщик1": "И\x1b[31m" + "И" * 5000, "ПлательщикСчет": "4" * 50}
    found = one(section() + document(**long))
    assert (len(found.purpose), len(found.other_name), len(found.other_account)) == (500, 500, 40)
    assert (found.other_name[:5], len(found.raw) <= 4000) == ("И[31m", True)


@pytest.mark.parametrize(
    ("data", "is_one"), [(WHOLE, True), (WHOLE.decode("cp1251").encode("utf-16"), True), (b"a;b", False)]
)
def test_the_format_is_recognised_by_its_first_line(data: bytes, is_one: bool) -> None:
    assert is_client_bank(data) is is_one
