"""A share of one over time, as a line."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from metrics_api.charts.svg_elements import document, element, escaped, number, text
from metrics_api.charts.text_width import shortened, text_width
from metrics_api.charts.tones import FAINT, FILLS, GRID, INK

WIDTH = 720
HEIGHT = 280
_PAD = 16
_HEAD = 52
_FOOT = 52
_LEFT = 56
_SMALL = 11
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25)
_MAX_STEPS = 6
_MIN_SPAN = 0.1
"""A rate that wavers by less than this must not look as if it leapt."""


@dataclass(frozen=True, slots=True)
class Point:
    """One point: `share` of one (None: nobody was counted, the line has a gap)."""

    label: str
    share: float | None
    value: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """Points in the order of time; `mark` is a share to be reached, with its words."""

    title: str
    description: str
    points: Sequence[Point]
    footnote: str = ""
    empty: str = ""
    mark: tuple[float, str] | None = None
    in_percent: bool = True
    """Whether the points are shares of one, and not ratios of sums."""
    headed: bool = True
    """False where the page around it has the title already; screen readers hear it all the same."""


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where shares and points lie on the drawing."""

    low: float
    high: float
    count: int
    width: float
    height: float
    head: float

    def x(self, index: int) -> float:
        room = self.width - _LEFT - 2 * _PAD
        return _LEFT + (room / 2 if self.count == 1 else room * index / (self.count - 1))

    def y(self, share: float) -> float:
        room = self.height - self.head - _FOOT
        return self.head + room * (self.high - share) / (self.high - self.low)


def line_chart(
    chart: LineChart, name: str = "trend", size: tuple[int, int] = (WIDTH, HEIGHT)
) -> str:
    """The chart as an SVG document of `size`."""
    return document(name, chart.title, chart.description, size, _parts(chart, size))


def axis(shares: Sequence[float]) -> tuple[float, float, float]:
    """(low, high, step) of an axis for `shares`: round numbers, at least ten points apart."""
    least, most = (min(shares), max(shares)) if shares else (0.0, 1.0)
    if most - least < _MIN_SPAN:
        middle = (least + most) / 2
        least, most = middle - _MIN_SPAN / 2, middle + _MIN_SPAN / 2
        shift = max(0.0, -least) - max(0.0, most - 1)
        least, most = least + shift, most + shift
    for step in _STEPS:
        low = math.floor(round(least / step, 6))
        high = math.ceil(round(most / step, 6))
        if high - low <= _MAX_STEPS:
            break
    return round(low * step, 6), round(high * step, 6), step


def ratio_axis(ratios: Sequence[float]) -> tuple[float, float, float]:
    """(low, high, step) of an axis for ratios of sums, none negative.

    They are round numbers, at least a tenth of the greatest apart.
    """
    least, most = min(ratios), max(ratios)
    spare = max(0.0, most / 10 - (most - least)) / 2
    least, most = max(0.0, least - spare), most + spare or 1.0
    step = 0.01
    for factor in itertools.cycle((2, 2.5, 2)):
        low, high = math.floor(round(least / step, 6)), math.ceil(round(most / step, 6))
        if high - low <= _MAX_STEPS:
            return round(low * step, 6), round(high * step, 6), step
        step *= factor
    raise AssertionError  # the steps grow without end


def _parts(chart: LineChart, size: tuple[int, int]) -> Iterator[str]:
    width, height = size
    head = _HEAD if chart.headed else _PAD
    if chart.headed:
        yield text(
            shortened(chart.title, width - 2 * _PAD, 16),
            _PAD, 28, font_size=16, font_weight=600, fill=INK, class_="chart-title",
        )  # fmt: skip
    shares = [point.share for point in chart.points if point.share is not None]
    if shares:
        if chart.in_percent:
            low, high, step = axis([*shares, chart.mark[0]] if chart.mark else shares)
        else:
            low, high, step = ratio_axis(shares)
        plane = _Plane(low, high, len(chart.points), width, height, head)
        yield from _grid(plane, step, in_percent=chart.in_percent)
        yield from _dates(chart.points, plane)
        if chart.mark:
            yield from _mark(chart.mark, plane)
        yield from _line(chart.points, plane)
    else:
        yield text(chart.empty, _PAD, head + 18, fill=FAINT, class_="chart-faint")
    small = shortened(chart.footnote, width - 2 * _PAD, _SMALL)
    yield text(small, _PAD, height - 12, font_size=_SMALL, fill=FAINT, class_="chart-faint")


def _grid(plane: _Plane, step: float, *, in_percent: bool) -> Iterator[str]:
    for index in range(round((plane.high - plane.low) / step) + 1):
        share = plane.low + index * step
        y = plane.y(share)
        yield element(
            "line", x1=_LEFT, x2=plane.width - _PAD, y1=y, y2=y, stroke=GRID, class_="chart-grid"
        )
        yield text(
            f"{number(share * 100)}%" if in_percent else number(share),
            _LEFT - 8, y + 4, text_anchor="end", font_size=_SMALL, fill=FAINT, class_="chart-faint",
        )  # fmt: skip


def _dates(points: Sequence[Point], plane: _Plane) -> Iterator[str]:
    """As many labels as have room, always the last."""
    widest = max(text_width(point.label, _SMALL) for point in points) + 14
    room = plane.width - _LEFT - 2 * _PAD
    every = max(1, math.ceil(widest * max(1, len(points) - 1) / room))
    last = len(points) - 1
    for index, point in enumerate(points):
        if (last - index) % every == 0:
            x = plane.x(index)
            half = text_width(point.label, _SMALL) / 2
            anchor = "end" if x + half > plane.width - 4 else "middle"
            yield text(
                point.label, x if anchor == "middle" else plane.width - 4,
                plane.height - _FOOT + 20, text_anchor=anchor, font_size=_SMALL, fill=FAINT,
                class_="chart-faint",
            )  # fmt: skip


def _mark(mark: tuple[float, str], plane: _Plane) -> Iterator[str]:
    share, words = mark
    y = plane.y(share)
    yield element(
        "line", x1=_LEFT, x2=plane.width - _PAD, y1=y, y2=y, stroke=INK, stroke_width=1.5,
        stroke_dasharray="6 4", class_="chart-mark",
    )  # fmt: skip
    above = y - 6 > plane.head - 4
    yield text(
        words, _LEFT + 4, y - 6 if above else y + 14, font_size=_SMALL, fill=INK,
        class_="chart-ink",
    )  # fmt: skip


def _line(points: Sequence[Point], plane: _Plane) -> Iterator[str]:
    """Stretches between gaps as lines, each point with its words, the last one written out."""
    placed = [
        (plane.x(index), plane.y(point.share), point)
        for index, point in enumerate(points)
        if point.share is not None
    ]
    known = [(index, point.share) for index, point in enumerate(points)]
    for has_share, stretch in groupby(known, key=lambda item: item[1] is not None):
        if has_share:
            path = " ".join(
                f"{number(plane.x(index))},{number(plane.y(share or 0))}"
                for index, share in stretch
            )
            yield element(
                "polyline", points=path, fill="none", stroke=FILLS["plain"], stroke_width=2.5,
                stroke_linejoin="round", stroke_linecap="round", class_="chart-line",
            )  # fmt: skip
    for x, y, point in placed:
        title = element("title", escaped(f"{point.label} {point.value}"))
        yield element("circle", title, cx=x, cy=y, r=3.5, fill=FILLS["plain"], class_="chart-point")
    x, y, point = placed[-1]
    yield text(
        point.value, min(x, plane.width - _PAD), y - 10 if y - 10 > plane.head - 4 else y + 20,
        text_anchor="end", font_weight=700, fill=INK, class_="chart-ink",
    )  # fmt: skip
