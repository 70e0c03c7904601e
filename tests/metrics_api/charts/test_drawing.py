"""Charts as SVG: well-formed whatever they are told, the same bytes for the same input."""

import math
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics_api.charts.bar_chart import WIDTH, Bar, BarChart, bar_chart
from metrics_api.charts.line_chart import LineChart, Point, axis, line_chart
from metrics_api.charts.svg_elements import element, escaped, number
from metrics_api.charts.text_width import shortened, text_width

SVG = "{http://www.w3.org/2000/svg}"
NOT_XML = {
    *map(chr, range(0x20)), *map(chr, range(0xD800, 0xE000)), "\ufffe", "\uffff"
} - {"\t", "\n", "\r"}  # fmt: skip

anything = st.text(st.characters(exclude_categories=()), max_size=40)
shares = st.one_of(st.none(), st.floats(0, 1))
bars = st.builds(
    Bar, anything, shares, anything, anything, st.sampled_from(["plain", "good", "near", "poor"]),
    shares,
)  # fmt: skip
points = st.builds(Point, anything, shares, anything)


def readable(text: str) -> str:
    """What XML can say of a text."""
    return "".join("\ufffd" if char in NOT_XML else char for char in text)


@given(anything)
def test_any_text_comes_back_from_the_markup_as_it_was(text: str) -> None:
    found = ElementTree.fromstring(element("a", escaped(text), b=text))  # noqa: S314
    assert (found.text or "") == readable(text)
    assert found.get("b") == readable(text)


@given(st.floats(-1e6, 1e6))
def test_coordinates_are_plain_decimals_to_the_hundredth(value: float) -> None:
    written = number(value)
    assert set(written) <= set("-0123456789.")
    assert float(written) == pytest.approx(value, abs=0.0051)
    assert written != "-0"


@given(st.lists(bars, max_size=8), anything, anything, anything)
def test_a_bar_chart_is_well_formed_names_itself_and_is_always_the_same(
    drawn: list[Bar], title: str, told: str, footnote: str
) -> None:
    chart = BarChart(title, told, drawn, footnote, "nobody")
    markup = bar_chart(chart)
    root = ElementTree.fromstring(markup)  # noqa: S314
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text in {readable(title), None}  # type: ignore[union-attr]
    assert markup == bar_chart(chart)
    groups = root.findall(f"{SVG}g")
    assert len(groups) == len(drawn)
    for bar, group in zip(drawn, groups, strict=True):
        track, *filled = group.findall(f"{SVG}rect")
        assert (
            0
            <= float(track.get("x", ""))
            < float(track.get("x", "")) + float(track.get("width", ""))
            <= WIDTH
        )
        if bar.share and bar.share > 0.01:
            share = float(filled[0].get("width", "")) / float(track.get("width", ""))
            assert share == pytest.approx(bar.share, abs=0.01)


@given(st.lists(points, max_size=20), st.one_of(st.none(), st.tuples(st.floats(0, 1), anything)))
def test_a_line_chart_is_well_formed_and_has_its_points_within(
    drawn: list[Point], mark: tuple[float, str] | None
) -> None:
    markup = line_chart(LineChart("t", "d", drawn, "f", "nobody", mark), size=(360, 240))
    root = ElementTree.fromstring(markup)  # noqa: S314
    circles = root.findall(f"{SVG}circle")
    assert len(circles) == sum(point.share is not None for point in drawn)
    for circle in circles:
        assert 0 <= float(circle.get("cx", "")) <= 360
        assert 0 <= float(circle.get("cy", "")) <= 240
    gaps = sum(a.share is None and b.share is not None
               for a, b in zip([Point("", None, ""), *drawn], drawn, strict=False))  # fmt: skip
    assert len(root.findall(f"{SVG}polyline")) == gaps


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_an_axis_holds_its_shares_between_round_numbers(given_shares: list[float]) -> None:
    low, high, step = axis(given_shares)
    assert low - 1e-6 <= min(given_shares) <= max(given_shares) <= high + 1e-6
    assert high - low >= 0.1 - 1e-9
    for bound in (low, high):
        assert math.isclose(bound / step, round(bound / step), abs_tol=1e-6)


@given(anything, st.integers(20, 300))
def test_a_shortened_text_fits_and_begins_like_the_whole(text: str, width: int) -> None:
    short = shortened(text, width, 13)
    assert short == text or text_width(short, 13) <= width
    assert text.startswith(short.removesuffix("…").rstrip())


def test_without_bars_the_chart_says_so() -> None:
    assert "nobody there" in bar_chart(BarChart("t", "d", [], empty="nobody there"))
    assert "nobody there" in line_chart(LineChart("t", "d", [], empty="nobody there"))
