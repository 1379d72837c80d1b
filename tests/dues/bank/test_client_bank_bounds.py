"""Hostile and damaged files of the client bank are refused with the line, in bounded time and memory (V-D4)."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from dues.bank.models import BankLine, BankStatement
from dues.bank.reading import client_bank
from dues.bank.reading.client_bank import MAX_KEYS, MAX_LINE, read
from dues.bank.reading.statement import StatementRefused
from tests.dues.bank.test_client_bank import OWN, document, faults, one, section, statement
from tests.dues.bank.world import bank
from tests.members import places

ROOT = Path(__file__).resolve().parents[3]
BEGIN = f"1CClientBankExchange\nВерсияФормата=1.03\nКодировка=Windows\nРасчСчет={OWN}\n"
#: Files that no bank writes: the content, and the line that the refusal names.
ATTACKS: dict[str, tuple[Callable[[], bytes], int]] = {
    "a line of 10 MB": (lambda: f"{BEGIN}Номер={'1' * 10_000_000}\nКонецФайла\n".encode("cp1251"), 5),
    "a key of 10 MB": (lambda: f"{BEGIN}{'Номер счёта ' * 800_000}=1\nКонецФайла\n".encode("cp1251"), 5),
    "a line of spaces within the key": (lambda: f"{BEGIN}Н{' ' * 10_000_000}р=1\nКонецФайла\n".encode("cp1251"), 5),
    "a million documents": (
        lambda: (BEGIN + "СекцияДокумент=\nС=1\n" * 1_000_000).encode("cp1251")[:10_000_000], 7
    ),
    "a million whole documents": (
        lambda: (BEGIN + "СекцияДокумент=1\nКонецДокумента\n" * 300_000 + "КонецФайла\n").encode("cp1251"), 40_005
    ),
    "a million unknown keys": (
        lambda: (BEGIN + "".join(f"К{n}=\n" for n in range(1_000_000)) + "КонецФайла").encode("cp1251"), 202
    ),
    "a million unknown keys in a document": (
        lambda: (BEGIN + "СекцияДокумент=1\n" + "".join(f"К{n}=\n" for n in range(900_000))).encode("cp1251"), 206
    ),
    "a key repeated 100,000 times": (
        lambda: (BEGIN + "СекцияДокумент=1\n" + "Номер=1\n" * 100_000 + "КонецДокумента\n").encode("cp1251"),
        7,
    ),
    "an account of the heading repeated 100,000 times": (
        lambda: (BEGIN + f"РасчСчет={OWN}\n" * 100_000 + "КонецФайла\n").encode("cp1251"), 202
    ),
    "ten million empty lines": (lambda: BEGIN.encode("cp1251") + b"\n" * 9_000_000, 600_000),
    "three million lines of one letter": (lambda: BEGIN.encode("cp1251") + b"a\n" * 3_000_000, 5),
    "a section that never ends": (
        lambda: (BEGIN + section() + document().replace("КонецДокумента\n", "") + "КонецФайла\n").encode("cp1251"), 13
    ),
    "sections of totals without end": (
        lambda: (BEGIN + "СекцияРасчСчет\nКонецРасчСчет\n" * 200_000 + "КонецФайла\n").encode("cp1251"), 10_005
    ),
    "mixed encodings": (
        lambda: (BEGIN + section() * 3).encode() + document(Номер="Ж").encode("cp1251"),
        0,
    ),
    "bytes that are no letters": (
        lambda: (BEGIN + section()).encode("cp1251") + bytes(range(128, 256)) * 5_000 + b"\n", 0
    ),
    "NULs for a file": (lambda: b"1CClientBankExchange\n" + b"\0" * 9_000_000, 2),
    "totals of 400 digits": (lambda: statement(section(received="9" * 400) + document()), 10),
    "a balance of 400 digits": (lambda: statement(section(opening="-" + "9" * 400) + document()), 9),
    "a sum of 400 digits": (lambda: statement(section() + document(Сумма="9" * 400)), 17),
    "a sum in digits of another script": (lambda: statement(section() + document(Сумма="٥٠.٠٠"), encoding="utf-8"), 17),
    "a sum that is not a number": (lambda: statement(section() + document(Сумма="NaN")), 17),
    "a sum without bounds": (lambda: statement(section() + document(Сумма="1e999999999")), 17),
}  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_file_is_refused_with_its_line_in_bounded_time(name: str) -> None:
    make, line = ATTACKS[name]
    data = make()
    begun = time.process_time()
    told = faults(data)
    assert time.process_time() - begun < 8
    assert (line in dict(told), len(told) <= 50, all(len(text) < 200 for _line, text in told)) == (True, True, True)


@pytest.mark.once
@pytest.mark.parametrize("day", ["00.00.0000", "31.12.9999", "30.02.2024", "0", "9" * 400, "01.01.1999", "٠١.٠١.٢٠٢٤"])
def test_a_day_that_cannot_be_is_remarked_and_never_reckoned_with(day: str) -> None:
    found = read(statement(section() + document(Дата=day, ДатаПоступило=day), encoding="utf-8"), {OWN})
    assert [(one.day, len(one.remarks)) for one in found.documents] == [(None, 1)]
    body = section().replace("ДатаНачала=02.02.2024", f"ДатаНачала={day}") + document()
    assert read(statement(body, encoding="utf-8"), {OWN}).closing == {OWN: 60}


@pytest.mark.once
def test_nuls_and_marks_of_order_within_words_are_left_out() -> None:
    odd = document(Номер="1\0", НазначениеПлатежа="Взнос\ufeff за\0 май").replace("Плательщик1", "Плат\0ель\ufeffщик1")
    found = read(statement(section() + f"\ufeff{odd}", encoding="utf-8"), {OWN}).documents[0]
    assert (found.number, found.purpose, found.other_name) == ("1", "Взнос за май", "ИВАНОВ ИВАН")
    assert "\0" not in found.raw
    assert "плательщик1=ИВАНОВ ИВАН" in found.raw


@pytest.mark.once
def test_the_bounds_are_what_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    longest = "Х=" + "1" * (MAX_LINE - 2)
    assert one(section() + document().replace("Номер=1", f"Номер=1\n{longest}")).number == "1"
    assert faults(statement(section() + document().replace("Номер=1", f"Номер=1\n{longest}1")))[0][0] == 16
    keys = "".join(f"К{n}=\n" for n in range(MAX_KEYS - 8))
    assert one(section() + document().replace("Номер=1\n", f"Номер=1\n{keys}")).number == "1"
    assert faults(statement(section() + document().replace("Номер=1\n", f"Номер=1\n{keys}К=\n")))[0][0] == 215
    whole = statement(section() + document())
    monkeypatch.setattr(client_bank, "MAX_LINES", 25)
    assert len(read(whole, {OWN}).documents) == 1
    monkeypatch.setattr(client_bank, "MAX_LINES", 24)
    assert faults(whole)[0][0] == 24


@pytest.mark.once
def test_sums_of_a_whole_statement_are_bounded() -> None:
    most, opening = "5000000000000.00", "0.00"
    two = document(Сумма=most) * 2
    whole = section("10000000000000.00", opening=opening, closing="10000000000000.00")
    with pytest.raises(StatementRefused):
        read(statement(section() + two), {OWN})
    assert faults(statement(whole + two + document(Сумма="0.01")))[0][1].startswith("Суммы документов составляют")
    # Totals are limited to 13 digits as well.
    assert 10 in dict(faults(statement(whole + two)))


@pytest.mark.once
def test_millions_of_lines_are_read_in_bounded_memory() -> None:
    script = (
        "import django; django.setup()\n"
        "from resource import RUSAGE_SELF, getrusage\n"
        "from dues.bank.reading.client_bank import read\n"
        "from dues.bank.reading.statement import StatementRefused\n"
        "before = getrusage(RUSAGE_SELF).ru_maxrss\n"
        "try: read(b'1CClientBankExchange\\n' + b'\\n' * 9_900_000, {'1'})\n"
        "except StatementRefused: print((getrusage(RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert int(done.stdout) < 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a million documents", "NULs for a file", "a key of 10 MB"])
def test_the_page_and_the_command_name_the_line_and_store_nothing(name: str, tmp_path: Path) -> None:
    world = bank()
    make, line = ATTACKS[name]
    path = tmp_path / "statement.txt"
    path.write_bytes(make())
    where = ["--federation", world.keeper.federation.code, "--organization", world.keeper.code]
    with pytest.raises(CommandError) as refusal:
        call_command("import_statement", str(path), *where)
    assert str(refusal.value).startswith(f"{line}: ")
    file = io.BytesIO(path.read_bytes())
    file.name = "kl_to_1c.txt"
    answer = places.signed_in(world.chair).post(reverse("dues:load_statement"), {"file": file})
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
    assert (answer.status_code, str(refusal.value).splitlines()[0].partition(": ")[2] in told) == (200, True)
    assert (BankStatement.objects.count(), BankLine.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_the_command_reads_no_more_of_a_file_than_it_takes(tmp_path: Path) -> None:
    world = bank()
    path = tmp_path / "endless"
    path.symlink_to("/dev/zero")
    where = ["--federation", world.keeper.federation.code, "--organization", world.keeper.code]
    with pytest.raises(CommandError, match="too large"):
        call_command("import_statement", str(path), *where)
