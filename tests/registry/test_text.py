"""Normalised names, and the keys for searching and sorting (practice R26, R29)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import text

RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"


@pytest.mark.parametrize(
    ("typed", "uniform", "replaced"),
    [
        ("Рябoв Cвятocлaв Eрeмeeвич", "Рябов Святослав Еремеевич", True),
        ("  Дюма \u00a0 Жан ", "Дюма Жан", False),
        ("Кузьмин – Караваев", "Кузьмин-Караваев", False),
        ("O'Connor", "O’Connor", False),
        ("О`Коннор Шон", "О’Коннор Шон", False),
        ("И\u0306вано\u0301в", "Йвано\u0301в", False),
        ("Cop Иван", "Сор Иван", True),
        ("Smith Иван", "Smith Иван", False),
        ("\x00Ива\ud800нов\u200b", "Иванов", False),
    ],
)
def test_a_name_gets_one_spelling_and_look_alikes_are_reported(typed: str, uniform: str, replaced: bool) -> None:
    assert text.normalise_name(typed) == (uniform, replaced)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(RUSSIAN + " -")), max_size=30))
def test_control_and_format_characters_go_and_every_space_is_plain(typed: str) -> None:
    kept = [" " if c.isspace() else c for c in typed if c.isspace() or unicodedata.category(c)[0] != "C"]
    assert text.clean(typed) == unicodedata.normalize("NFC", "".join(kept))


@pytest.mark.parametrize(
    ("typed", "proper"),
    [
        ("КУЗЬМИН-КАРАВАЕВ", "Кузьмин-Караваев"),
        ("крылова анна робертовна", "Крылова Анна Робертовна"),
        ("АЛИЕВ МАМЕД АХМЕД ОГЛЫ", "Алиев Мамед Ахмед оглы"),
        ("МАМЕД-КЫЗЫ", "Мамед-кызы"),
        ("ФОН БОК", "фон Бок"),
        ("О’КОННОР", "О’Коннор"),
        ("СЕМЁНОВ", "Семёнов"),
        ("МакДональд", "МакДональд"),
        ("Ю ЛИ", "Ю Ли"),
    ],
)
def test_capitals_become_a_proper_name(typed: str, proper: str) -> None:
    assert text.proper_case(typed) == proper


def test_a_search_key_begins_each_word_with_a_space_and_knows_no_yo() -> None:
    assert text.search_key("О’Коннор-Семёнов", None, "ПЁТР", "") == " о коннор семенов петр"
    assert text.search_key("") == ""


def test_hyphens_and_apostrophes_count_neither_in_names_nor_in_their_search_keys() -> None:
    spellings = ["О’Коннор Анна", "О'Коннор  Анна", "Оконнор Анна", "О-Коннор, Ан-на", "ОʼКОННОР АННА"]
    assert {text.name_letters(name) for name in spellings} == {"оконноранна"}
    assert text.name_letters("Петров Водкин", None, "Пётр") == text.name_letters("Петров-Водкин", "Петр")
    assert text.names_search_key("О’Коннор", "Анна-Мария", "Петровна") == (
        " о коннор анна мария петровна оконнор аннамария"
    )
    assert text.names_search_key("Семёнов", "") == " семенов"


@pytest.mark.parametrize(
    ("typed", "meant"), [("bdfyjd", "иванов"), (",jhbcjd", "борисов"), ("шмфтщм", "ivanov"), ("Gtnhjdf", "Петрова")]
)
def test_a_wrong_keyboard_layout_is_corrected(typed: str, meant: str) -> None:
    assert text.fix_layout(typed) == meant


def test_search_terms_hold_the_alternatives_of_each_word() -> None:
    assert text.search_terms("bdfyjd  112-233-445 !!! О’Кон") == [
        ["bdfyjd", "иванов"],
        ["112 233 445", "112233445"],
        ["о кон", "j rjy", "окон"],
    ]
    assert text.search_terms("Cергеев")[0][:2] == ["cергеев", "сергеев"]
    assert text.search_terms("\x00 \ud800 --- ") == []


def test_the_alphabet_is_the_russian_one_and_each_list_is_in_its_order() -> None:
    names = [
        "Абрамов",
        "Әхмәтов",
        "Елкин",
        "Ёлкин",
        "Еж",
        "Жуков",
        "Петров",
        "Петров-Водкин",
        "Петрова",
        "Якут",
        "Smith",
    ]
    ordered = [
        "Абрамов",
        "Әхмәтов",
        "Еж",
        "Елкин",
        "Ёлкин",
        "Жуков",
        "Петров",
        "Петров-Водкин",
        "Петрова",
        "Якут",
        "Smith",
    ]
    assert sorted(names, key=text.sort_key) == ordered
    assert sorted(["СОШ № 15", "СОШ № 2", "Сош 2-я"], key=text.sort_key) == ["СОШ № 2", "Сош 2-я", "СОШ № 15"]


def test_the_given_name_decides_only_between_equal_surnames() -> None:
    people = [("Семёнов", "Антон", ""), ("Семенов", "Яков", ""), ("Семенова", "Анна", ""), ("Семенов", "Антон", "")]
    assert sorted(people, key=lambda person: text.sort_key(*person)) == [
        ("Семенов", "Антон", ""),
        ("Семёнов", "Антон", ""),
        ("Семенов", "Яков", ""),
        ("Семенова", "Анна", ""),
    ]


names = st.lists(st.text(alphabet=RUSSIAN, min_size=1, max_size=8), min_size=1, max_size=3).map(" ".join)


def _reference(name: str) -> tuple[object, ...]:
    alphabet = "".join(letter for letter in RUSSIAN if letter != "ё")
    words = [[alphabet.index(letter) for letter in word.replace("ё", "е")] for word in name.split()]
    return words, [letter == "ё" for letter in name if letter in "её"]


@given(st.lists(names, max_size=8))
def test_sort_keys_are_in_the_order_of_the_russian_alphabet(found: list[str]) -> None:
    assert sorted(found, key=text.sort_key) == sorted(found, key=_reference)


@given(st.text() | st.text(alphabet=st.characters(categories=["Cs", "Cc", "Lu", "Mn", "Nd"])))
def test_any_text_is_handled(found: str) -> None:
    for long in (found, found * 5000):
        key = text.sort_key(long, long, long)
        assert len(key) <= text.SORT_KEY_LENGTH
        assert key.isascii()
        assert key.isdigit()
        assert len(text.search_key(long)) <= text.SEARCH_KEY_LENGTH
        assert len(text.search_terms(long)) <= text.SEARCH_WORDS
        text.proper_case(text.normalise_name(long).text).encode()


@given(st.text())
def test_normalising_a_second_time_changes_nothing(found: str) -> None:
    once = text.normalise_name(found).text
    assert text.normalise_name(once) == (once, False)
    key = text.search_key(found)
    assert text.search_key(key) == key


@pytest.mark.parametrize("name", ["Ёлкина", "ПЁТР", "щукин", "Ы" * 600, "Йод"])
def test_names_of_one_word_have_the_key_that_they_have_beside_others(name: str) -> None:
    # A second part that is only a sign makes the function treat the name like any other text.
    assert text.search_key(name) == text.search_key(name, "-")
