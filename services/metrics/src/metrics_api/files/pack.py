"""What a report pack asks: a request for each of its answers."""

from datetime import date, timedelta

from metrics_api.answers.ask import with_parameters
from metrics_api.coverage.series.count import MAX_POINTS
from metrics_api.files.schemas import Period, ReportPackOrder
from servicekit.time import FIRST_DAY, LAST_DAY

_YEAR = timedelta(days=365)


def pack_requests(order: ReportPackOrder) -> dict[str, str]:
    """The requests of a pack, by name."""
    last, before = order.period.until - timedelta(days=1), order.period.start - timedelta(days=1)
    within = {"area": order.area, "under_body": order.under_body, "edition": order.edition}
    answers = {}
    for indicator in dict.fromkeys(order.indicators):
        days: dict[str, tuple[date, str | None]] = {"end": (last, None)}
        days |= {"before": (before, None)} if before >= FIRST_DAY else {}
        days |= {f"by_{name}": (last, name) for name in dict.fromkeys(order.group_by)}
        for name, (day, group_by) in days.items():
            counted = {"indicator": indicator, "valid_on": day, "group_by": group_by}
            answers[f"{indicator}-{name}"] = with_parameters("/v1/coverage", **counted, **within)
    series = {"indicator": ",".join(dict.fromkeys(order.indicators)), "period": _step(order.period)}
    span = {"from": order.period.start, "to": last}
    answers["series"] = with_parameters("/v1/coverage/series", **series, **span, **within)
    answers["targets"] = with_parameters("/v1/targets", edition=order.edition, valid_on=last)
    ahead = {"valid_on": last, "until": min(last, LAST_DAY - _YEAR) + _YEAR}
    answers["forecast"] = with_parameters("/v1/forecast", **ahead, **within)
    return answers


def _step(period: Period) -> str:
    """Months, or years where there would be too many points."""
    months = (period.until.year - period.start.year + 1) * 12
    return "month" if months <= MAX_POINTS else "year"


def sample_of(order: ReportPackOrder) -> list[str]:
    """The few answers that show whether all of them can be answered."""
    ends = [f"{indicator}-end" for indicator in order.indicators]
    return [*ends, *(f"{order.indicators[0]}-by_{name}" for name in order.group_by)]
