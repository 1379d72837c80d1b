"""A value fits into its field: wrapped or smaller, never cut off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.printing.fitting import (
    CELL_PADDING,
    CUT,
    MIN_SIZE,
    NOTHING,
    READABLE_SIZE,
    fit,
    fit_cells,
    rows_needed,
    text_width,
)


def joined(lines: tuple[tuple[str, ...], ...]) -> str:
    return "".join("".join(line) for line in lines)


def test_text_that_fits_has_the_size_of_the_form() -> None:
    fitted = fit("Иванов Пётр Сергеевич", [100], room=14, size=11, first=0.85)
    assert (fitted.lines, fitted.size) == ((("Иванов Пётр Сергеевич",),), 11)


def test_an_unknown_value_leaves_every_ruled_line_empty() -> None:
    assert fit("  ", [100, 170], room=14, size=11).lines == ((), ())


def test_a_long_value_continues_on_the_next_ruled_line() -> None:
    fitted = fit("143002, Московская область, Одинцово, улица Молодёжная", [60, 170], room=14, size=11, first=0.85)
    assert fitted.lines == (("143002, Московская область,",), ("Одинцово, улица Молодёжная",))


def test_letters_become_smaller_before_a_word_is_divided() -> None:
    fitted = fit("воин-интернационалист", [28], room=22, size=11)
    assert fitted.lines == (("воин-", "интернационалист"),)
    assert fitted.size < 11


def test_a_telephone_number_is_not_broken() -> None:
    assert fit("8 (495) 593-11-22", [22], room=26, size=11).lines == (("8 (495)", "593-11-22"),)


@given(st.text(alphabet="абвгдЖШЩЮмw-, 0123", max_size=400), st.floats(12, 170), st.integers(1, 3))
def test_nothing_is_lost_and_no_line_is_wider_than_its_field(text: str, width: float, lines: int) -> None:
    fitted = fit(text, [width] * lines, room=14.3, size=11, first=0.85)
    printed = "".join(joined(fitted.lines).split())
    assert fitted.size >= MIN_SIZE
    if fitted.cut:
        assert "".join(text.split()).startswith(printed.removesuffix(CUT))
        assert printed.endswith(CUT)
    else:
        assert printed == "".join(text.split())
    if printed != CUT:
        assert all(text_width(line, fitted.size) <= width for group in fitted.lines for line in group)


def test_what_is_too_long_for_readable_letters_is_cut_and_noted() -> None:
    long = "широкопрофильная " * 20
    fitted = fit(long, [40], room=14, size=11)
    assert (fitted.size, fitted.cut, fitted.is_small) == (MIN_SIZE, True, True)
    assert fitted.lines[0][-1].endswith("…")
    short = fit("Иванов", [40], room=14, size=11)
    assert (short.cut, short.is_small) == (False, False)


@given(st.text(alphabet="абвгдЖШЩЮмw-, 0123", max_size=400), st.floats(12, 170))
def test_a_field_that_grows_has_readable_letters_and_loses_nothing(text: str, width: float) -> None:
    fitted = fit(text, [width], room=14.3, size=11, grows=READABLE_SIZE)
    assert (fitted.size >= READABLE_SIZE, fitted.cut) == (True, False)
    assert "".join(joined(fitted.lines).split()) == "".join(text.split())
    assert all(text_width(line, fitted.size) <= width for line in fitted.lines[0])


@pytest.mark.parametrize(("letters", "rows"), [(1, 1), (32, 1), (33, 2), (64, 2), (65, 3)])
def test_a_row_takes_the_place_of_as_many_as_its_tallest_cell_needs(letters: int, rows: int) -> None:
    # A letter of 7 points with a space is 3.2 mm wide, and its line is 2.9 mm high.
    columns = (("short", 51.0 + CELL_PADDING, ""), ("long", 51.0 + CELL_PADDING, ""), ("empty", 20.0, ""))
    cells = fit_cells({"short": "Ш", "long": " ".join("Ш" * letters)}, columns, height=6.6, cell=6, size=7)
    assert rows_needed(cells.values(), 6.6) == rows
    assert (cells["empty"].lines, rows_needed([cells["empty"]], 6.6)) == (NOTHING.lines, 1)


def test_a_house_and_its_number_stay_on_one_line() -> None:
    width = text_width("Одинцово, улица Молодёжная, д.", 11) + 1.5
    fitted = fit("Одинцово, улица Молодёжная, д. 15, кв. 27", [width, 72], room=14.3, size=11, first=0.85)
    assert fitted.lines == (("Одинцово, улица Молодёжная,",), ("д.\xa015, кв.\xa027",))
