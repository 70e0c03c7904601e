"""Answers of the use cases as charts for documents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from metrics_api.charts.bar_chart import Bar, BarChart
from metrics_api.charts.goals import Figure, Goal, Goals
from metrics_api.charts.line_chart import LineChart, Point
from metrics_api.charts.tones import Tone
from metrics_api.core.definitions.dimensions import UNASSIGNED_KEY
from metrics_api.core.definitions.indicators import Tally
from metrics_api.core.facts.edition import Edition
from metrics_api.core.formatting import Formatter
from metrics_api.coverage.count import CoverageResult
from metrics_api.definitions.labels import Labels
from servicekit.errors import Text

TONE_SIGNS: Mapping[Tone, str] = {"plain": "", "good": "✓ ", "near": "◐ ", "poor": "▽ "}
"""Shown before a figure, so that its colour is not the only sign."""


@dataclass(frozen=True, slots=True)
class Group:
    """One part of a count under one dimension."""

    key: str
    label: str
    figure: Figure


def groups_of(
    answer: CoverageResult,
    dimension: str,
    filters: Mapping[str, tuple[str, ...]],
    labels: Labels,
    goals: Goals,
    formatter: Formatter,
) -> list[Group]:
    """The parts of `answer`, which is grouped by `dimension` alone, in its order."""
    frame, whole = answer.count.groups, answer.count.total
    full = 1.0 if whole.is_share else max((rate or 0.0 for rate in frame["rate"]), default=0.0)
    named = answer.labels.get(dimension)
    names: Sequence[str | None] = named.to_list() if named is not None else [None] * frame.height
    groups = []
    for name, row in zip(names, frame.iter_rows(named=True), strict=True):
        key = row[dimension]
        tally = replace(whole, numerator=row["numerator"], denominator=row["denominator"])
        narrowed = {**filters, dimension: (key,)}
        figure = goals.figure(tally, answer.indicator, narrowed, answer.valid_on)
        figure = replace(figure, full=full)
        groups.append(Group(key, _label(labels, dimension, key, name, formatter), figure))
    return groups


def bars(
    title: Text,
    dimension: Text,
    answer: CoverageResult,
    groups: Iterable[Group],
    formatter: Formatter,
) -> BarChart:
    """Groups as bars under the indicator's title."""
    whole = formatter("chart_whole", rate=formatter.rate(answer.count.total),
                   ratio=formatter.ratio(answer.count.total))  # fmt: skip
    return BarChart(
        title=formatter(
            "chart_by", title=formatter.say(title), dimension=formatter.within(dimension)
        ),
        description=whole,
        bars=[
            Bar(
                label=group.label,
                share=group.figure.length,
                value=TONE_SIGNS[group.figure.tone] + formatter.rate(group.figure.tally),
                note=formatter.ratio(group.figure.tally),
                tone=group.figure.tone,
                mark=float(group.figure.goal.share) if group.figure.goal else None,
            )
            for group in groups
        ],
        subtitle=whole,
        footnote=receipt_line(answer.valid_on, answer.edition, formatter),
        empty=formatter("nobody"),
    )


def trend(
    title: str,
    points: Sequence[tuple[date, Tally | None]],
    edition: Edition,
    goal: Goal | None,
    formatter: Formatter,
) -> LineChart:
    """A rate over time; a point without a tally lies before its rule, or counted nobody."""
    known = [(day, tally) for day, tally in points if tally and tally.denominator]
    described = formatter("nobody")
    if known:
        (first, before), (last, now) = known[0], known[-1]
        described = formatter(
            "trend_told", first=formatter.day(first), before=formatter.rate(before),
            last=formatter.day(last), now=formatter.rate(now),
        )  # fmt: skip
    mark = None
    if goal is not None:
        words = formatter(
            "goal_by", goal=formatter.share(goal.share), day=formatter.day(goal.deadline)
        )
        mark = (float(goal.share), words)
    return LineChart(
        title=title,
        description=described,
        points=[
            Point(f"{day:%Y-%m}" if _ends_month(day) else day.isoformat(),
                  tally.rate if tally else None, formatter.rate(tally or Tally(0, 0)))
            for day, tally in points
        ],
        footnote=receipt_line(points[-1][0], edition, formatter) if points else "",
        empty=formatter("nobody"),
        mark=mark,
        in_percent=all(tally.is_share for _, tally in known),
    )  # fmt: skip


def receipt_line(day: date, edition: Edition, formatter: Formatter) -> str:
    """What an answer rests on, in one line."""
    return formatter(
        "receipt", day=formatter.day(day), edition=edition.number,
        registry=formatter.count(edition.registry_position),
        router=formatter.count(edition.router_position),
    )  # fmt: skip


def _ends_month(day: date) -> bool:
    return day.toordinal() == date.max.toordinal() or date.fromordinal(day.toordinal() + 1).day == 1


def _label(labels: Labels, dimension: str, key: str, name: str | None, formatter: Formatter) -> str:
    """Areas and bodies by their Chinese name, which is the one they have; codes in words."""
    if key == UNASSIGNED_KEY or name is None:
        return formatter.say(labels.code(dimension, key))
    return name
