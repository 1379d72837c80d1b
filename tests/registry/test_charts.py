"""Charts: drawings of usual, extreme, missing and hostile values, within the content security policy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from django.utils import translation

from registry.components.charts import (
    WIDTH,
    Scale,
    Series,
    bar_chart,
    data_table,
    fitting,
    grouped_bars,
    line_chart,
    scale_for,
    short_number,
)

SVG = "{http://www.w3.org/2000/svg}"
EVIL = """<b>"'&"""


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def tree(html: str) -> ElementTree.Element:
    """Parse the chart, which has to be well-formed."""
    return ElementTree.fromstring(html.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def rects(html: str) -> list[tuple[str, float, float, float, float]]:
    """Return class, position and size of each bar with a number."""
    found = [rect for rect in tree(html).iter(f"{SVG}rect") if rect.find(f"{SVG}title") is not None]
    return [(r.get("class", ""), *(float(r.get(name, "")) for name in ("x", "y", "width", "height"))) for r in found]


def words(html: str) -> list[str]:
    return [text.text or "" for text in tree(html).iter(f"{SVG}text")]


def two(this: Sequence[Any], before: Sequence[Any], **chart: Any) -> str:
    labels = [f"m{number}" for number in range(len(this))]
    return grouped_bars(labels, [Series("1999", before), Series("2000", this)], id="c", title="Paid", **chart)


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([0, 0], (0, 1, 1)),
        ([None], (0, 1, 1)),
        ([7], (0, 8, 2)),
        ([10], (0, 10, 2)),
        ([11], (0, 15, 5)),
        ([-3, 4], (-4, 4, 2)),
        ([-7], (-8, 0, 2)),
        ([Decimal("0.01")], (0, Decimal("0.01"), Decimal("0.002"))),
        ([10**12], (0, 10**12, 2 * 10**11)),
        ([1, 10**9], (0, 10**9, 2 * 10**8)),
    ],
)
def test_a_scale_has_round_steps_and_holds_zero_and_every_number(values: Any, scale: Any) -> None:
    found = scale_for(values)
    assert (found.low, found.high, found.step) == scale
    assert (found.ticks[0], found.ticks[-1], 0 in found.ticks) == (found.low, found.high, True)
    assert all(0 <= found.part(value) <= 1 for value in values if value is not None)
    assert len(found.ticks) <= 8


def test_a_scale_says_where_a_number_is() -> None:
    assert Scale(Decimal(-10), Decimal(10), Decimal(5)).part(0) == Decimal("0.5")


def test_bars_stand_on_zero_in_proportion_side_by_side() -> None:
    html = two([10, 5], [2, 0])
    (before, this, none, half) = rects(html)
    assert [one[0] for one in (before, this, none, half)] == ["bar-0", "bar-1", "bar-0", "bar-1"]
    assert (before[4], this[4], none[4], half[4]) == (44, 220, 0, 110)
    assert {round(one[2] + one[4], 1) for one in (before, this, none, half)} == {round(this[2] + 220, 1)}
    assert (this[1], half[1]) == (
        pytest.approx(before[1] + before[3], abs=0.1),
        pytest.approx(none[1] + none[3], abs=0.1),
    )
    assert [title.text for title in tree(html).iter(f"{SVG}title")][1:3] == ["m0, 1999: 2", "m0, 2000: 10"]
    assert words(html)[:2] == ["1999", "2000"]


def test_numbers_below_zero_hang_from_it() -> None:
    (up, down) = rects(grouped_bars(["a", "b"], [Series("n", [4, -4])], id="c", title="t"))
    assert (up[2] + up[4], up[4]) == (down[2], down[4])


def test_a_missing_number_is_no_bar_and_interrupts_a_line() -> None:
    assert len(rects(two([1, None, 3], [None, None, 1]))) == 3
    line = line_chart(["a", "b", "c", "d"], [Series("n", [1, 2, None, 4])], id="c", title="t")
    assert len(list(tree(line).iter(f"{SVG}circle"))) == 3
    (path,) = [path.get("d") or "" for path in tree(line).iter(f"{SVG}path") if path.get("class")]
    assert path.count("M") == 1
    lonely = line_chart(["a"], [Series("n", [5])], id="c", title="t")
    assert len(list(tree(lonely).iter(f"{SVG}circle"))) == 1
    assert [path for path in tree(lonely).iter(f"{SVG}path") if path.get("class")] == []


@pytest.mark.parametrize("values", [[], [None, None]])
def test_nothing_to_draw_is_said(values: list[Any]) -> None:
    labels = ["a"] * len(values)
    said = '<p class="chart soft">Paid: there are no figures yet.</p>'
    assert grouped_bars(labels, [Series("n", values)], id="c", title="Paid") == said
    assert line_chart(labels, [Series("n", values)], id="c", title="Paid") == said
    assert bar_chart(labels, values, id="c", title="Paid") == said


def test_zero_is_a_figure() -> None:
    assert [one[4] for one in rects(two([0], [0]))] == [0, 0]
    assert bar_chart(["a"], [0], id="c", title="t").count("<rect") == 1


EXTREMES: list[list[Any]] = [[10**12, 1], [Decimal("0.01"), None], [-(10**12), 10**12], [0.5, 10**9], [7]]


@pytest.mark.parametrize("values", EXTREMES)
def test_nothing_leaves_the_drawing(values: list[Any]) -> None:
    labels = ["Очень длинное название местной организации общества"] * len(values)
    series = [Series("Очень длинное название первого ряда", values), Series("второго", values)]
    for html in (
        grouped_bars(labels, series, id="c", title="t"),
        line_chart(labels, series, id="c", title="t"),
        bar_chart(labels, values, id="c", title="t"),
    ):
        svg = tree(html).find(f"{SVG}svg")
        assert svg is not None
        width, height = (float(part) for part in svg.get("viewBox", "").split()[2:])
        assert width == WIDTH
        for _css, x, y, wide, high in rects(html):
            assert (x >= 0, x + wide <= width + 0.2, y >= 0, y + high <= height) == (True, True, True, True)
            assert wide >= 0 <= high
        for text in svg.iter(f"{SVG}text"):
            assert (0 <= float(text.get("x", "")) <= width, 0 <= float(text.get("y", "")) <= height) == (True, True)


def test_labels_that_are_too_wide_are_left_out_or_cut() -> None:
    series = [Series("n", list(range(36)))]
    shown = words(grouped_bars([f"год {number}" for number in range(36)], series, id="c", title="t"))
    assert 3 <= len([text for text in shown if text.startswith("год")]) <= 12
    assert fitting("Тульская местная организация", 120).endswith("…")
    assert (fitting("янв", 120), fitting("янв", 0)) == ("янв", "…")


def test_the_picture_has_its_words_and_keeps_to_the_content_policy() -> None:
    html = two([1, 2], [2, 1], description="By month")
    svg = tree(html).find(f"{SVG}svg")
    assert svg is not None
    assert (svg.get("role"), svg.get("aria-labelledby")) == ("img", "c-t c-d")
    assert [(one.get("id"), one.text) for one in svg if one.tag in {f"{SVG}title", f"{SVG}desc"}] == [
        ("c-t", "Paid"), ("c-d", "By month"),
    ]  # fmt: skip
    assert re.search(r"<style|style=|<script|\bon\w+=|href", html) is None
    # Neighbouring bars differ by their edges too, not only by colour.
    assert ('fill="#c6d0dd" stroke="#48566a"' in html, 'fill="#0a5394" stroke="#0a5394"' in html) == (True, True)
    line = line_chart(["a", "b"], [Series("x", [1, 2]), Series("y", [2, 1])], id="c", title="t")
    assert line.count('stroke-dasharray="6 4"') == 2


def test_hostile_words_stay_words() -> None:
    series = [Series(EVIL, [1, 2], [EVIL, EVIL], [f"/?{EVIL}", ""]), Series("b", [1, 2])]
    for html in (
        grouped_bars([EVIL, "{0}"], series, id="c", title=EVIL, description=EVIL),
        line_chart([EVIL, "{0}"], series, id="c", title=EVIL, description=EVIL),
        bar_chart([EVIL, "{0}"], [1, 2], id="c", title=EVIL),
        data_table(EVIL, [EVIL, "{0}"], series, caption=EVIL),
    ):
        assert "<b>" not in html
        assert tree(html) is not None


def test_more_series_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 3"):
        grouped_bars(["a"], [Series(str(n), [1]) for n in range(4)], id="c", title="t")


def test_the_table_says_every_number_and_opens_its_lines() -> None:
    series = [Series("1999", [1, None], ["1.00", ""], ["/one/", "/two/"]), Series("2000", [Decimal("1234.5"), 0])]
    html = data_table("Month", ["January", "February"], series, caption="Paid").replace("\n", "")
    assert html == (
        '<div class="table-wrap" tabindex="0" role="group" aria-label="Paid"><table class="table dense">'
        '<caption class="visually-hidden">Paid</caption>'
        '<thead><tr><th scope="col">Month</th><th scope="col" class="n">1999</th>'
        '<th scope="col" class="n">2000</th></tr></thead><tbody><tr>'
        '<th scope="row">January</th><td class="n"><a href="/one/">1.00</a></td>'
        '<td class="n">1,234.5</td></tr><tr><th scope="row">February</th><td class="n"></td><td class="n">0</td></tr>'
        "</tbody></table></div>"
    )


def test_papers_give_series_as_mappings() -> None:
    given = [{"name": "2000", "values": [1, 2]}]
    assert grouped_bars(["a", "b"], given, id="c", title="t") == grouped_bars(
        ["a", "b"], [Series("2000", [1, 2])], id="c", title="t"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (9999, "9,999"), (10_000, "10 k"), (12_500, "12.5 k"), (-12_500, "-12.5 k"), (1_500_000, "1.5 m"),
        (10**9, "1 bn"), (2 * 10**12, "2 tn"), (Decimal("0.002"), "0.002"), (Decimal("0.000128"), "0.00013"),
        (Decimal("0.25"), "0.25"), (100, "100"),
    ],
)  # fmt: skip
def test_numbers_of_an_axis_are_short(value: Any, text: str) -> None:
    assert short_number(value) == text


def test_lengths_have_points_whatever_the_language() -> None:
    with translation.override("ru"):
        html = two([1, 2, 3], [3, 2, 1])
    assert all(float(r[1]) >= 0 for r in rects(html))
    assert short_number(1500) == "1,500"
