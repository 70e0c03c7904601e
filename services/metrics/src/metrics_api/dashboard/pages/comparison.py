"""Two days compared: what makes an indicator differ, and which organizations."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from metrics_api.charts.compose import receipt_line
from metrics_api.core.formatting import Formatter
from metrics_api.counting.comparison_count import CHANGES, Change
from metrics_api.coverage.comparison.compare import (
    ChangedMember,
    ChangedResult,
    CompareCoverage,
    ComparisonRequest,
    ComparisonResult,
)
from metrics_api.coverage.members.list_members import Member
from metrics_api.dashboard.organization_rows import (
    PAGE_SIZE,
    ListedOrganization,
    fact_in_words,
    fact_title,
    listed_one,
    named,
)
from metrics_api.dashboard.page_context import PageContext
from metrics_api.dashboard.page_query import COMPARISON
from metrics_api.dashboard.parts import PageParts

_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One way in which organizations made a figure differ."""

    change: Change
    organizations: int
    contribution: str
    listing: str


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """An organization that changed: its row, and why it counted first and then."""

    row: ListedOrganization
    before: str
    after: str


class ComparisonPage:
    """Renders a comparison."""

    def __init__(self, parts: PageParts, compare: CompareCoverage) -> None:
        self._parts = parts
        self._compare = compare

    async def render(
        self, context: PageContext, first: date | None, change: Change | None, cursor: str | None
    ) -> str:
        """Two days of one indicator, and the organizations that make the difference."""
        parts, query, formatter = self._parts, context.query, context.formatter
        last = query.valid_on or parts.clock.today()
        begin = first or max(date.min + _YEAR, last) - _YEAR
        counted = query.request(query.indicator, None, context.caller.areas)
        request = ComparisonRequest(replace(counted, valid_on=begin), query.valid_on)
        answer = await self._compare.answer(request)
        contributions = {row["change"]: row for row in answer.count.parts.iter_rows(named=True)}
        happened = [it for it in CHANGES if it in contributions]
        shown: Change = change or (happened or CHANGES)[0]
        edition = None if cursor else answer.sides.after.edition.number
        exactly = replace(request, before=replace(request.before, edition=edition))
        changed = await self._compare.changed(exactly, shown, cursor, PAGE_SIZE)
        here = f"{query.url(COMPARISON)}&{urlencode({'from': begin.isoformat()})}"
        listing = f"{here}&{urlencode({'change': shown})}"
        file = urlencode({"from": begin.isoformat(), "change": shown})
        after = changed.next_cursor
        indicator = parts.definitions.indicators[query.indicator]
        return parts.templates.render(
            "comparison",
            formatter.language,
            **context.frame,
            indicator=indicator,
            indicators=parts.definitions.indicators.values(),
            first=begin,
            last=last,
            count=answer.count,
            difference=_points(answer, answer.count.difference, formatter),
            changes=_change_rows(answer, contributions, here, formatter),
            meaning="" if indicator.is_share else "_sum",
            shown=shown,
            changed=changed,
            rows=[self._row(member, changed, formatter) for member in changed.members],
            file=f"{query.url(f'{COMPARISON}/file')}&{file}",
            first_page=f"{listing}#list" if cursor else None,
            next_page=f"{listing}&{urlencode({'cursor': after})}#list" if after else None,
            receipt=receipt_line(last, answer.sides.after.edition, formatter),
        )

    def _row(
        self, member: ChangedMember, changed: ChangedResult, formatter: Formatter
    ) -> ChangedRow:
        return ChangedRow(
            self._latest(member, changed, formatter),
            self._why(member.before, formatter, member.after),
            self._why(member.after, formatter, member.before),
        )

    def _latest(
        self, changed: ChangedMember, answer: ChangedResult, formatter: Formatter
    ) -> ListedOrganization:
        if changed.after is not None:
            return listed_one(changed.after, answer.sides.after, self._parts.labels, formatter)
        assert changed.before is not None
        return listed_one(changed.before, answer.sides.before, self._parts.labels, formatter)

    def _why(self, member: Member | None, formatter: Formatter, other: Member | None) -> str:
        """The facts that decide on one side, those of the other side, too, which may differ."""
        if member is None:
            return formatter("not_asked")
        columns = dict.fromkeys(
            (*member.verdict.columns, *(other.verdict.columns if other is not None else ()))
        )
        fact = named(member.span.value)
        words = (
            f"{fact_title(column, self._parts.labels, formatter)}{formatter('colon')}"
            f"{fact_in_words(column, fact[column], self._parts.labels, formatter)}"
            for column in columns
        )
        return formatter("semicolon").join(words)


def _change_rows(
    answer: ComparisonResult,
    contributions: Mapping[Change, Mapping[str, Any]],
    here: str,
    formatter: Formatter,
) -> list[ChangeRow]:
    return [
        ChangeRow(
            it,
            contributions.get(it, {}).get("organizations", 0),
            _points(answer, contributions.get(it, {}).get("contribution_numerator", 0), formatter),
            f"{here}&{urlencode({'change': it})}#list",
        )
        for it in CHANGES
    ]


def _points(answer: ComparisonResult, exact: int | None, formatter: Formatter) -> str:
    """A contribution or difference with its sign: in points of a hundred, or as it is."""
    if exact is None or answer.count.denominator is None:
        return formatter("no_figure")
    value = exact / answer.count.denominator
    words = f"{value * 100:+.2f}" if answer.count.before.is_share else f"{value:+.2f}"
    words = words.replace("-", "−")
    if words.strip("+−") in ("0.00",):
        words = "0.00" if exact == 0 else f"<{words.replace('0.00', '0.01')}"
    return formatter("points", value=words) if answer.count.before.is_share else words
