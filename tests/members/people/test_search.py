"""The search finds people by names, numbers and dates in any notation (N-A1)."""

from __future__ import annotations

import datetime as dt
import importlib

import pytest
from django.apps import apps
from hypothesis import given, settings
from hypothesis import strategies as st

from members.people.models import Member
from members.people.search import matching
from registry.organizations.models import Organization
from tests.registry import trees

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> Organization:
    return trees.below(trees.head())


@pytest.fixture
def people(school: Organization) -> dict[str, Member]:
    given = {
        "Семёнова": {
            "given_name": "Алёна",
            "patronymic": "Юрьевна",
            "ticket_number": "0104512",
            "snils": "11223344595",
            "phone_mobile": "+79105550117",
            "phone_home": "4-99-52",
        },
        "Петров-Водкин": {"given_name": "Кузьма", "patronymic": "Сергеевич", "birth_date": dt.date(1958, 11, 5)},
        "Харитонов": {"given_name": "Семён", "patronymic": "Эдуардович", "birth_date": dt.date(1958, 1, 20)},
        "О’Коннор": {"given_name": "Анна-Мария", "birth_date": dt.date(1962, 2, 3), "ticket_number": "0300026"},
        "Мамедов": {"given_name": "Эльчин", "patronymic": "Гейдар оглы", "ticket_number": "В-17"},
    }
    return {surname: trees.members(school, surname=surname, **values)[0] for surname, values in given.items()}


def found(query: str) -> list[str]:
    condition = matching(query)
    assert condition is not None
    return list(Member.objects.filter(condition).order_by("sort_key").values_list("surname", flat=True))


EXPECTED = {
    "семенова": ["Семёнова"],
    "9105550117": ["Семёнова"],
    "+7 910 555-01-17": ["Семёнова"],
    "+7(910)555-01-17": ["Семёнова"],
    "8 (910) 555 01 17": ["Семёнова"],
    "89105550117": ["Семёнова"],
    "555-01-17": ["Семёнова"],
    "910555": ["Семёнова"],
    "семенова 555-01-17": ["Семёнова"],
    "4-99-52": ["Семёнова"],
    "49952": ["Семёнова"],
    "9105550118": [],
    "8 910 555-01-18": [],
    "СЕМЁНОВА": ["Семёнова"],
    "сем": ["Семёнова", "Харитонов"],
    "юрьевна алена": ["Семёнова"],
    "хар сем": ["Харитонов"],
    "водкин": ["Петров-Водкин"],
    "петров-водкин": ["Петров-Водкин"],
    "петров водкин кузьма": ["Петров-Водкин"],
    "петровводкин": ["Петров-Водкин"],
    "петров‑вод": ["Петров-Водкин"],
    # Hyphens and apostrophes are ignored, whichever are typed.
    "оконнор": ["О’Коннор"],
    "о'коннор": ["О’Коннор"],
    "О’КОННОР анна-мария": ["О’Коннор"],
    "оконнор аннамария 0300026": ["О’Коннор"],
    "о-коннор мария 03.02.1962": ["О’Коннор"],
    "сем-ёнова": ["Семёнова"],
    "хар'итонов": ["Харитонов"],
    "гейдар": ["Мамедов"],
    # Only beginnings of words match, so «енова» does not.
    "енова": [],
    # The other keyboard layout, including letters on keys of punctuation marks.
    "ctvtyjdf": ["Семёнова"],
    "[fhbnjyjd": ["Харитонов"],
    "'kmxby": ["Мамедов"],
    # Latin letters that look like Russian ones.
    "xapитoнoв": ["Харитонов"],
    "0104512": ["Семёнова"],
    "№ 0104512": ["Семёнова"],
    "0104": ["Семёнова"],
    # Leading zeros of a ticket number may be omitted; a date of birth is not meant.
    "104512": ["Семёнова"],
    "№104512": ["Семёнова"],
    "1045": ["Семёнова"],
    "5111958": [],
    "1041": [],
    "В-17": ["Мамедов"],
    "11223344595": ["Семёнова"],
    "112-233-445 95": ["Семёнова"],
    "112 233 445 95": ["Семёнова"],
    "112-233": ["Семёнова"],
    "05.11.1958": ["Петров-Водкин"],
    "5.11.1958": ["Петров-Водкин"],
    "5/11/58": ["Петров-Водкин"],
    "1958-11-05": ["Петров-Водкин"],
    "05111958": ["Петров-Водкин"],
    "05 11 1958": ["Петров-Водкин"],
    "5 ноября 1958 г.": ["Петров-Водкин"],
    "05.11": ["Петров-Водкин"],
    "1958": ["Петров-Водкин", "Харитонов"],
    "харитонов 1958": ["Харитонов"],
    "семенова 1958": [],
    "!!! ???": [],
    "%": [],
    "_": [],
}


def test_n_a1_a_person_is_found_however_it_is_typed(people: dict[str, Member]) -> None:
    assert {query: found(query) for query in EXPECTED} == EXPECTED


def test_an_empty_query_is_no_condition() -> None:
    assert [matching(query) for query in ("", "   ", "\0", None or "")] == [None] * 4


@settings(max_examples=60)
@given(st.text(max_size=120))
def test_no_text_breaks_the_search(text: str) -> None:
    condition = matching(text)
    assert condition is None or Member.objects.filter(condition).first() is None


@pytest.mark.parametrize("text", ["а" * 100_000, "\0\ud800 иванов", "1" * 5000, "щ " * 5000, "\\", "' OR 1=1 --"])
def test_hostile_text_finds_nobody_and_breaks_nothing(people: dict[str, Member], text: str) -> None:
    assert found(text) == []


def test_the_key_follows_the_card(people: dict[str, Member]) -> None:
    assert (
        people["Семёнова"].search_key
        == " семенова алена юрьевна 11223344595 0104512 01011980 1980 9105550117 5550117 49952"
    )


def test_n_a1_telephones_are_added_to_keys_of_before_and_taken_out_again(people: dict[str, Member]) -> None:
    module = importlib.import_module("members.migrations.0017_members_are_found_by_telephone")

    def keys() -> list[str]:
        return list(Member.objects.order_by("pk").values_list("search_key", flat=True))

    now = keys()
    assert now[0].endswith(" 9105550117 5550117 49952")
    module.without_telephones(apps, None)
    before = keys()
    assert (before[0], before[1:]) == (now[0].removesuffix(" 9105550117 5550117 49952"), now[1:])
    module.with_telephones(apps, None)
    assert keys() == now
