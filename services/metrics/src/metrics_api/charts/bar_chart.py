"""Shares of one as horizontal bars, one below the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from metrics_api.charts.svg_elements import document, element, escaped, text
from metrics_api.charts.text_width import shortened, text_width
from metrics_api.charts.tones import FAINT, FILLS, INK, TRACK, Tone

WIDTH = 720
_ROW = 30
_BAR = 16
_SIZE = 13
_SMALL = 11
_PAD = 16
_HEAD = 68
_FOOT = 30
_GAP = 12
_MAX_LABEL = 0.36
"""Of the width: longer labels are cut, and are whole in the bar's title."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `share` of one (None: nobody was counted), `value` and `note` as they are shown.

    `mark` is a share to be reached, drawn as a tick.
    """

    label: str
    share: float | None
    value: str
    note: str = ""
    tone: Tone = "plain"
    mark: float | None = None


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars under a heading, with a line of small print (what, when, from where) below them."""

    title: str
    description: str
    bars: Sequence[Bar]
    subtitle: str = ""
    footnote: str = ""
    empty: str = ""
    """What is said in place of bars where there are none."""


def bar_chart(chart: BarChart, name: str = "bars", width: int = WIDTH) -> str:
    """The chart as an SVG document `width` wide and as high as it has bars."""
    rows = max(1, len(chart.bars))
    height = _HEAD + rows * _ROW + _FOOT
    return document(name, chart.title, chart.description, (width, height), _parts(chart, width))


def _parts(chart: BarChart, width: int) -> Iterator[str]:
    labels = [text_width(bar.label, _SIZE) for bar in chart.bars]
    values = [text_width(bar.value, _SIZE) for bar in chart.bars]
    notes = [text_width(bar.note, _SMALL) for bar in chart.bars]
    label_width = min(max(labels, default=0), _MAX_LABEL * width)
    left = _PAD + label_width + _GAP
    note_right = width - _PAD
    value_right = note_right - max(notes, default=0) - (_GAP if any(notes) else 0)
    right = max(value_right - max(values, default=0) - _GAP, left + _BAR)
    yield text(
        shortened(chart.title, width - 2 * _PAD, 16),
        _PAD, 28, font_size=16, font_weight=600, fill=INK, class_="chart-title",
    )  # fmt: skip
    yield text(
        shortened(chart.subtitle, width - 2 * _PAD, _SIZE),
        _PAD, 48, fill=FAINT, class_="chart-faint",
    )  # fmt: skip
    if not chart.bars:
        yield text(chart.empty, _PAD, _HEAD + 18, fill=FAINT, class_="chart-faint")
    for index, bar in enumerate(chart.bars):
        top = _HEAD + index * _ROW
        row = _bar(bar, top, left, right, label_width)
        figures = (
            text(bar.value, value_right, top + 13, text_anchor="end", font_weight=600, fill=INK,
                 class_="chart-ink"),
            text(bar.note, note_right, top + 13, text_anchor="end", font_size=_SMALL, fill=FAINT,
                 class_="chart-faint"),
        )  # fmt: skip
        title = " ".join(part for part in (bar.label, bar.value, bar.note) if part)
        yield element("g", element("title", escaped(title)), *row, *figures)
    foot = _HEAD + max(1, len(chart.bars)) * _ROW + 16
    small = shortened(chart.footnote, width - 2 * _PAD, _SMALL)
    yield text(small, _PAD, foot, font_size=_SMALL, fill=FAINT, class_="chart-faint")


def _bar(bar: Bar, top: float, left: float, right: float, label_width: float) -> Iterator[str]:
    full = right - left
    yield text(
        shortened(bar.label, label_width, _SIZE), left - _GAP, top + 13, text_anchor="end",
        fill=INK, class_="chart-ink",
    )  # fmt: skip
    yield element(
        "rect", x=left, y=top, width=full, height=_BAR, rx=3, fill=TRACK, class_="chart-track"
    )
    if bar.share:
        yield element(
            "rect", x=left, y=top, width=full * _bounded(bar.share), height=_BAR, rx=3,
            fill=FILLS[bar.tone], class_=f"chart-{bar.tone}",
        )  # fmt: skip
    if bar.mark is not None:
        at = left + full * _bounded(bar.mark)
        yield element(
            "line", x1=at, x2=at, y1=top - 3, y2=top + _BAR + 3, stroke=INK, stroke_width=2,
            class_="chart-mark",
        )  # fmt: skip


def _bounded(share: float) -> float:
    return min(1.0, max(0.0, share))
