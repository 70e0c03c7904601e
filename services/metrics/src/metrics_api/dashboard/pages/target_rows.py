"""The targets of the overview as rows of its table."""

from datetime import date
from typing import Any

from metrics_api.charts.goals import Goal
from metrics_api.core.definitions.targets import Outlook
from metrics_api.core.formatting import Formatter
from metrics_api.dashboard.page_query import ORGANIZATIONS, PageQuery
from metrics_api.dashboard.pages.read_overview import Overview
from metrics_api.targets.evaluate import TargetStanding


def target_rows(overview: Overview, query: PageQuery, formatter: Formatter) -> list[dict[str, Any]]:
    """A row per target, the next deadline first, each with its variants."""
    return [
        {
            "id": standing.target.id,
            "title": formatter.say(standing.target.title),
            "deadline": standing.target.deadline,
            "goal": standing.target.goal,
            "counted_on": standing.valid_on,
            "variants": _variants(standing, overview, query, formatter),
        }
        for standing in sorted(overview.targets, key=_by_deadline)
    ]


def _variants(
    standing: TargetStanding, overview: Overview, query: PageQuery, formatter: Formatter
) -> list[dict[str, Any]]:
    target = standing.target
    goal = Goal(target.goal, target.deadline, target.id)
    return [
        {
            "id": variant.variant.id,
            "title": formatter.say(variant.variant.title),
            "figure": overview.goals.measured(variant.tally, goal),
            "outlook": _outlook(variant.outlook, formatter),
            "listing": query.url(
                ORGANIZATIONS,
                indicator=variant.variant.indicator,
                filters=target.filters,
                valid_on=standing.valid_on,
            )
            + "&part=gap",
        }
        for variant in standing.variants
    ]


def _outlook(outlook: Outlook, formatter: Formatter) -> str:
    """What is needed a month, and when the goal is reached at this pace; "" once it is judged."""
    words = []
    if outlook.needed is not None:
        words.append(formatter("pace_needed", count=f"{float(outlook.needed):,.1f}"))
    if outlook.projected_on is not None:
        words.append(formatter("projected", day=formatter.day(outlook.projected_on)))
    elif outlook.gained is not None:
        words.append(formatter("not_projected"))
    return ("，" if formatter.language == "zh" else ", ").join(words)


def _by_deadline(standing: TargetStanding) -> tuple[date, str]:
    return standing.target.deadline, standing.target.id
