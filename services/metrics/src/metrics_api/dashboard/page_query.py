"""What a page was asked, and the addresses of the pages that ask a little else."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal
from urllib.parse import urlencode

from metrics_api.charts.trend import Step
from metrics_api.core.definitions.forecasts import WORK, State
from metrics_api.core.formatting import Language
from metrics_api.counting.request import CoverageRequest

OVERVIEW = "/dashboard"
ORGANIZATIONS = "/dashboard/organizations"
COMPARISON = "/dashboard/comparison"
FRESHNESS = "/dashboard/freshness"
FORECAST = "/dashboard/forecast"
DUE = "/dashboard/forecast/organizations"
ORGANIZATION = "/dashboard/organization"
CHARTS = "/dashboard/charts"

Sort = Literal["missing", "rate", "name"]
SORTS: tuple[Sort, ...] = ("missing", "rate", "name")


@dataclass(frozen=True, slots=True)
class DueQuery:
    """Which number of the forecast a list is behind: who owes `obligation` and stands so."""

    obligation: str
    until: date
    states: tuple[State, ...] = WORK
    month: str | None = None

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values, as the page and the API take them."""
        pairs = [("obligation", self.obligation), ("until", self.until.isoformat())]
        pairs += [("state", state) for state in self.states]
        return pairs + ([("month", self.month)] if self.month else [])


@dataclass(frozen=True, slots=True)
class PageQuery:
    """One question of a reader; `language` None leaves it to the browser."""

    indicator: str
    language: Language | None = None
    valid_on: date | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    step: Step = "month"
    sort: Sort = "missing"

    def request(
        self, indicator: str, edition: int | None, areas: tuple[str, ...] | None, *group_by: str
    ) -> CoverageRequest:
        """The same question to the use case, about any indicator, at one edition."""
        return CoverageRequest(indicator, group_by, self.filters, self.valid_on, edition, areas)

    def url(self, path: str = OVERVIEW, **changes: Any) -> str:
        """The address that asks the same but for `changes`, fields of this class."""
        pairs = replace(self, **changes).pairs()
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def answer(self, path: str, **parameters: object) -> str:
        """The address of the API's answer with the same filters.

        What is None is left out; each of a tuple is written.
        """
        each = {name: it if isinstance(it, tuple) else (it,) for name, it in parameters.items()}
        pairs = [
            (name, str(it)) for name, values in each.items() for it in values if it is not None
        ]
        filters = [(name, ",".join(values)) for name, values in sorted(self.filters.items())]
        return f"{path}?{urlencode([*pairs, *filters])}"

    def narrowed(self, path: str = OVERVIEW, **filters: str | None) -> str:
        """The address with some filters set, or taken away by None."""
        others = {name: values for name, values in self.filters.items() if name not in filters}
        added = {name: (value,) for name, value in filters.items() if value is not None}
        return self.url(path, filters={**others, **added})

    def listed(
        self,
        part: str,
        indicator: str | None = None,
        path: str = ORGANIZATIONS,
        **filters: str,
    ) -> str:
        """The address of the organizations behind a figure: `gap` or `numerator`."""
        listing = replace(self, indicator=indicator or self.indicator)
        address = listing.narrowed(path, **filters)
        return f"{address}{'&' if '?' in address else '?'}part={part}"

    def due(self, listed: DueQuery, path: str = DUE, **filters: str | None) -> str:
        """The address of the organizations behind a number of the forecast."""
        address = self.narrowed(path, **filters)
        return f"{address}{'&' if '?' in address else '?'}{urlencode(listed.pairs())}"

    def organization(self, identifier: object) -> str:
        """The address of one organization, on the day that is looked at."""
        plain = replace(self, filters={}, step="month", sort="missing")
        return f"{plain.url(ORGANIZATION)}&{urlencode({'id': str(identifier)})}"

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """Names and values of the query, defaults left out; for links and hidden fields."""
        pairs = [("indicator", self.indicator)]
        if self.language:
            pairs.append(("lang", self.language))
        if self.valid_on:
            pairs.append(("valid_on", self.valid_on.isoformat()))
        pairs += [(name, ",".join(values)) for name, values in sorted(self.filters.items())]
        if self.step != "month":
            pairs.append(("step", self.step))
        if self.sort != "missing":
            pairs.append(("sort", self.sort))
        return [pair for pair in pairs if pair[0] not in without]
