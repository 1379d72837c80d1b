"""Texts that belong together stay on one line: «№ 16», «д. 5», initials, units, months, dashes."""

import pytest

from documents.printing.typography import FIXED, bound, bound_html


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("протокол № 16 от 28 ноября 2016 г. — дело", "протокол №~16 от 28~ноября 2016~г.~— дело"),
        ("143000, г. Одинцово, ул. Мира, д. 5, кв. 27", "143000, г.~Одинцово, ул.~Мира, д.~5, кв.~27"),
        ("Иванов И.И., Петрова А. Б.", "Иванов~И.И., Петрова~А.~Б."),
        ("35 кв. м, 150,00 руб.", "35~кв.~м, 150,00~руб."),
        ("протокол №\n   7", "протокол №~7"),
        ("протокол № 16 от 28.11.2016", "протокол №~16 от~28.11.2016"),
        ("Склад. Далее вид. Затем", "Склад. Далее вид. Затем"),
        ("с 5 по 7", "с 5 по 7"),
        ("", ""),
    ],
)
def test_spaces_are_fixed_where_no_line_breaks(text: str, printed: str) -> None:
    assert bound(text) == printed.replace("~", FIXED)


def test_tags_and_their_attributes_stay_as_they_are() -> None:
    assert bound_html('<p title="№ 5">№ <b>5</b>, д. 7</p>') == f'<p title="№ 5">№{FIXED}<b>5</b>, д.{FIXED}7</p>'
