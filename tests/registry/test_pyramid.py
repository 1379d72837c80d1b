"""The pyramid of two series: positions of its bars, accessibility, the content security policy (N-S3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from registry.components.charts import WIDTH, Series
from registry.components.pyramid import pyramid

from .test_charts import EVIL, english, rects, tree, words

__all__ = ["english"]

LABELS = ["20–24", "25–29", "30–34"]


def drawn(men: Sequence[Any], women: Sequence[Any], **chart: Any) -> str:
    return pyramid(LABELS, Series("men", men), Series("women", women), id="a", title="Ages", **chart)


def test_bars_stand_on_both_sides_on_one_scale_and_the_first_label_is_at_the_bottom() -> None:
    bars = rects(drawn([10, 0, 40], [20, 5, 0]))
    left = [bar for bar in bars if bar[0] == "bar-0"]
    right = [bar for bar in bars if bar[0] == "bar-1"]
    assert (len(left), len(right)) == (2, 2)
    # Bars on the left end where the labels begin; bars on the right begin where the labels end.
    assert len({x + width for _css, x, _y, width, _high in left}) == 1
    assert len({x for _css, x, _y, _width, _high in right}) == 1
    assert left[0][3] * 4 == pytest.approx(left[1][3], abs=0.3)
    assert right[0][3] == pytest.approx(left[0][3] * 2, abs=0.3)
    assert left[0][2] > left[1][2]


@pytest.mark.parametrize("most", [1, 7, 999, 1_234_567, 10**9])
def test_bars_and_their_numbers_stay_within_the_drawing(most: int) -> None:
    html = drawn([most, 1, 0], [0, most, 1])
    high = float(tree(html).findall(".//*[@viewBox]")[0].get("viewBox", "").split()[3])
    for _css, x, y, width, height in rects(html):
        assert 0 <= x <= x + width <= WIDTH
        assert 0 <= y <= y + height <= high


def test_a_pyramid_has_a_name_a_description_and_no_style() -> None:
    html = drawn([1, 2, 3], [3, 2, 1], description="Men to the left.")
    assert 'role="img" aria-labelledby="a-t a-d"' in html
    assert ('<title id="a-t">Ages</title>' in html, '<desc id="a-d">Men to the left.</desc>' in html) == (True, True)
    assert "style" not in html
    assert words(html)[:2] == ["men", "women"]


def test_a_pyramid_without_numbers_is_a_sentence_and_hostile_words_stay_words() -> None:
    assert drawn([None, 0, 0], [0, 0, None]) == '<p class="chart soft">Ages: there are no figures yet.</p>'
    html = pyramid([EVIL], Series(EVIL, [1]), Series(EVIL, [2]), id="a", title=EVIL)
    assert words(html)[0] == EVIL
    assert EVIL in words(html)
