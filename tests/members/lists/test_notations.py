"""Telephones, СНИЛС, dates and names in generated notations: each is read correctly, or asked about (U-5a)."""

import datetime
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from members.lists.reading.issues import Kind
from members.lists.reading.values import parse
from members.lists.verdicts import GUESSES
from registry.checks import snils_check_digits
from registry.text import name_letters

TODAY = datetime.date(2025, 11, 28)
GAPS = st.sampled_from(["", " ", "-", "\u2011", "–", " - ", ".", "\u00a0"])
WORDS_BEFORE = st.sampled_from(["", "тел. ", "моб. ", "т. ", "сот. тел. ", "моб.: ", "м.т. "])
WORDS_BEHIND = st.sampled_from(["", " WhatsApp", " (муж)", " доб. 15", " мама", ", звонить вечером", " #12"])


def read(field: str, raw: Any) -> tuple[dict[str, Any], set[str]]:
    parsed = parse(field, raw, today=TODAY, minimum_age=14)
    return parsed.values, {issue.code for issue in parsed.issues}


@st.composite
def mobiles(draw: st.DrawFn) -> tuple[str, str]:
    """Return a Russian mobile number, and a notation of it."""
    ten = "9" + draw(st.text("0123456789", min_size=9, max_size=9))
    parts = [ten[:3], ten[3:6], ten[6:8], ten[8:]]
    if draw(st.booleans()):
        parts[0] = f"({parts[0]})"
    first = draw(st.sampled_from(["+7", "8", "7", "+ 7"]))
    return f"+7{ten}", first + "".join(draw(GAPS) + part for part in parts)


@given(mobiles(), WORDS_BEFORE, WORDS_BEHIND)
def test_a_telephone_in_any_notation_among_any_words(mobile: tuple[str, str], before: str, behind: str) -> None:
    number, written = mobile
    values, codes = read("phone", before + written + behind)
    assert values == {"phone_mobile": number}
    assert codes == ({"rest_left"} if behind else set())


@given(mobiles(), mobiles(), st.sampled_from([" и ", " или ", ", ", "; ", " / ", "\n", "   ", " "]))
def test_two_telephones_with_anything_between(one: tuple[str, str], other: tuple[str, str], between: str) -> None:
    assume(one[0] != other[0])
    values, codes = read("phone", one[1] + between + other[1])
    assert (values, codes) == ({"phone_mobile": f"{one[0]}, {other[0]}"}, set())


@given(st.integers(min_value=70_000_000_000, max_value=89_999_999_999), st.sampled_from(["{}.0", "{}.00", "'{}.0"]))
def test_a_number_written_by_another_program_is_read_like_the_number(number: int, form: str) -> None:
    values, codes = read("phone", form.format(number))
    assert values == read("phone", number)[0]
    assert "number_in_text" in codes


@given(
    st.integers(min_value=1_002_000, max_value=999_999_999),
    GAPS,
    st.sampled_from(["", "№ ", "СНИЛС ", "СНИЛС: ", "№"]),
    st.sampled_from(["", ".", " (копия)", " мужа", "; нет карточки"]),
)
def test_a_snils_in_any_notation(number: int, gap: str, before: str, behind: str) -> None:
    nine = f"{number:09}"
    check = snils_check_digits(nine)
    written = gap.join([nine[:3], nine[3:6], nine[6:], check])
    values, codes = read("snils", before + written + behind)
    assert values == {"snils": nine + check}
    assert codes == ({"rest_left"} if behind.strip(".") else set())


DATES = st.dates(min_value=datetime.date(1990, 1, 1), max_value=datetime.date(2020, 12, 31))
MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря",
)  # fmt: skip


@given(
    DATES,
    st.sampled_from(["{d:02}.{m:02}.{y}", "{d}.{m}.{y}", "{d:02}-{m:02}-{y}", "{y}-{m:02}-{d:02}", "{d} {name} {y}"]),
    st.sampled_from(["{}", "«{}»", '"{}"', "“{}”", "{} г.", "{} года", "от {}", "({})", "{}г.", " {} "]),
    st.sampled_from(["", " № 3", " (протокол 5)", ", пр. 7", " по билету"]),
)
def test_a_date_in_quotes_and_with_words_behind(date: datetime.date, form: str, around: str, behind: str) -> None:
    written = form.format(d=date.day, m=date.month, y=date.year, name=MONTHS[date.month - 1])
    values, codes = read("joined_on", around.format(written) + behind)
    assert values == {"joined_on": date, "joined_year_only": False}
    assert codes == ({"rest_left"} if behind else set())


SURNAMES = st.sampled_from(
    [
        "Станкевич",
        "Абрамович",
        "Петрова",
        "Иванов",
        "Белых",
        "Кох",
        "Салтыков-Щедрин",
        "Водкина",
        "Ким",
        "Шульга",
        "Ильич",
    ]
)
MEN = st.tuples(
    st.sampled_from(["Олег", "Пётр", "Лев", "Илья", "Роман"]), st.sampled_from(["Ильич", "Петрович", "Кузьмич"])
)
WOMEN = st.tuples(
    st.sampled_from(["Анна", "Мария", "Вера", "Ия"]), st.sampled_from(["Ивановна", "Ильинична", "Львовна"])
)


@given(SURNAMES, MEN | WOMEN)
def test_a_surname_stands_first_or_last(surname: str, names: tuple[str, str]) -> None:
    given_name, patronymic = names
    right = {"surname": surname, "given_name": given_name, "patronymic": patronymic}
    assert read("full_name", f"{surname} {given_name} {patronymic}") == (right, set())
    assert read("full_name", f"{given_name} {patronymic} {surname}") == (right, {"name_order"})


@given(SURNAMES, MEN | WOMEN, st.sampled_from([(0, 1, 2), (1, 0, 2), (1, 2, 0)]))
def test_a_name_that_begins_with_the_given_name_is_right_or_asked_about(
    surname: str, names: tuple[str, str], order: tuple[int, ...]
) -> None:
    words = (surname, *names)
    parsed = parse("full_name", " ".join(words[at] for at in order), today=TODAY)
    right = tuple(parsed.values.get(name) for name in ("surname", "given_name", "patronymic")) == words
    asked = any(issue.kind is not Kind.ASSUMPTION or issue.code in GUESSES for issue in parsed.issues)
    assert right or asked


@given(
    st.text("абвгдеёжзиклмнопрст'’`-‑ АБВГО", max_size=40),
    st.sampled_from(["'", "’", "-", "‑", "ʼ"]),
    st.integers(0, 40),
)
def test_hyphens_and_apostrophes_count_for_nothing(name: str, mark: str, at: int) -> None:
    marked = name[:at] + mark + name[at:]
    assert name_letters(marked) == name_letters(name)
