"""Pages beside the overview: one organization, and two days compared."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from metrics_api.counting.comparison_count import CHANGES, Change
from metrics_api.dashboard.charts import receipt_line
from metrics_api.dashboard.organizations import (
    PAGE_SIZE,
    ListedOrganization,
    fact_in_words,
    fact_title,
    listed_one,
    named,
)
from metrics_api.dashboard.page_query import COMPARISON
from metrics_api.dashboard.pages import Pages
from metrics_api.dashboard.reading import Reading
from metrics_api.dashboard.speech import Speech
from metrics_api.dashboard.whereabouts import Whereabouts
from metrics_api.domain.dimensions import UNASSIGNED_KEY
from metrics_api.factory import Factory
from metrics_api.usecases.compare_coverage import (
    ChangedAnswer,
    ChangedMember,
    ComparisonAnswer,
    ComparisonRequest,
)
from metrics_api.usecases.issue_links import Links
from metrics_api.usecases.tell_standing import IndicatorStanding, StandingAnswer

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


class FurtherPages:
    """Answers of the use cases as pages; `pages` and `whereabouts` are those of the site."""

    def __init__(self, factory: Factory, pages: Pages, whereabouts: Whereabouts) -> None:
        self._standing = factory.tell_standing
        self._compare = factory.compare_coverage
        self._settings = factory.settings
        self._definitions = factory.definitions
        self._labels = factory.labels
        self._clock = factory.clock
        self._pages = pages
        self._whereabouts = whereabouts

    async def organization(self, reading: Reading, organization: UUID) -> str:
        """How one organization stands in every indicator; refuses what the standing refuses."""
        query, speech, caller = reading.query, reading.speech, reading.caller
        found = await self._standing.answer(organization, query.valid_on, None, caller.areas)
        links = Links(self._settings, found.valid_on, found.edition).of(organization)
        return self._pages.render(
            "organization",
            speech.language,
            **reading.frame,
            found=found,
            name=found.name or str(organization),
            facts=self._facts(found, speech),
            rows=[self._standing_row(it, speech) for it in found.indicators],
            links=links,
            receipt=receipt_line(found.valid_on, found.edition, speech),
        )

    def _facts(self, found: StandingAnswer, speech: Speech) -> list[tuple[str, str]]:
        """What it is, in words."""
        fact, day, edition = named(found.fact), found.valid_on, found.edition.number
        told = [
            (fact_title(column, self._labels, speech),
             fact_in_words(column, fact[column], self._labels, speech))
            for column in ("kind", "institution_type", "level", "status", "grade", "party_form")
        ]  # fmt: skip
        area, body = fact["area"], fact["supervising_body"]
        hierarchy = self._whereabouts.hierarchy(edition, day)
        nowhere = speech.say(self._labels.code("street", UNASSIGNED_KEY))
        nobody = speech.say(self._labels.code("body", UNASSIGNED_KEY))
        places = self._whereabouts.path((str(area),), hierarchy) if area else []
        told.append((speech("place"), " ".join(place.name for place in places) or nowhere))
        supervisor = self._whereabouts.body(str(body), edition, day) if body else nobody
        told.append((speech.say(self._labels.titles["body"]), supervisor))
        return told

    def _standing_row(self, standing: IndicatorStanding, speech: Speech) -> dict[str, Any]:
        state = "before_rule" if standing.asked is None else "not_asked"
        if standing.asked:
            state = "counted" if standing.counted else "not_counted"
        return {
            "indicator": standing.indicator,
            "state": state,
            "tone": {"counted": "good", "not_counted": "poor"}.get(state, "plain"),
            "adds": standing.adds,
            "reasons": [
                (
                    fact_title(fact.column, self._labels, speech),
                    fact_in_words(fact.column, fact.value, self._labels, speech),
                    fact.since,
                )
                for fact in standing.facts
            ],
        }

    async def comparison(
        self, reading: Reading, first: date | None, change: Change | None, cursor: str | None
    ) -> str:
        """Two days of one indicator, and the organizations that make the difference.

        Refuses what comparing refuses.
        """
        query, speech = reading.query, reading.speech
        last = query.valid_on or self._clock.today()
        begin = first or max(date.min + _YEAR, last) - _YEAR
        request = query.request(query.indicator, None, reading.caller.areas)
        asked = ComparisonRequest(replace(request, valid_on=begin), query.valid_on)
        answer = await self._compare.answer(asked)
        counted = {row["change"]: row for row in answer.count.parts.iter_rows(named=True)}
        happened = [it for it in CHANGES if it in counted]
        shown: Change = change or (happened or CHANGES)[0]
        edition = None if cursor else answer.sides.after.edition.number
        exactly = replace(asked, before=replace(asked.before, edition=edition))
        changed = await self._compare.changed(exactly, shown, cursor, PAGE_SIZE)
        here = f"{query.url(COMPARISON)}&{urlencode({'from': begin.isoformat()})}"
        listing = f"{here}&{urlencode({'change': shown})}"
        told = urlencode({"from": begin.isoformat(), "change": shown})
        after = changed.next_cursor
        indicator = self._definitions.indicators[query.indicator]
        return self._pages.render(
            "comparison",
            speech.language,
            **reading.frame,
            indicator=indicator,
            indicators=self._definitions.indicators.values(),
            first=begin,
            last=last,
            count=answer.count,
            difference=_points(answer, answer.count.difference, speech),
            changes=[
                ChangeRow(
                    it,
                    counted.get(it, {}).get("organizations", 0),
                    _points(answer, counted.get(it, {}).get("contribution_numerator", 0), speech),
                    f"{here}&{urlencode({'change': it})}#list",
                )
                for it in CHANGES
            ],
            meaning="" if indicator.is_share else "_sum",
            shown=shown,
            changed=changed,
            rows=self._changed_rows(changed, speech),
            file=f"{query.url(f'{COMPARISON}/file')}&{told}",
            first_page=f"{listing}#list" if cursor else None,
            next_page=f"{listing}&{urlencode({'cursor': after})}#list" if after else None,
            receipt=receipt_line(last, answer.sides.after.edition, speech),
        )

    def _changed_rows(self, changed: ChangedAnswer, speech: Speech) -> list[ChangedRow]:
        return [
            ChangedRow(
                self._latest(member, changed, speech),
                *(
                    self._why(member.before, speech, member.after),
                    self._why(member.after, speech, member.before),
                ),
            )
            for member in changed.members
        ]

    def _latest(
        self, changed: ChangedMember, answer: ChangedAnswer, speech: Speech
    ) -> ListedOrganization:
        if changed.after is not None:
            return listed_one(changed.after, answer.sides.after, self._labels, speech)
        assert changed.before is not None
        return listed_one(changed.before, answer.sides.before, self._labels, speech)

    def _why(self, member: Any, speech: Speech, other: Any) -> str:
        """The facts that decide on one side, those of the other side, too, which may differ."""
        if member is None:
            return speech("not_asked")
        columns = dict.fromkeys(
            (*member.verdict.columns, *(other.verdict.columns if other is not None else ()))
        )
        fact = named(member.span.value)
        told = (
            f"{fact_title(column, self._labels, speech)}{speech('colon')}"
            f"{fact_in_words(column, fact[column], self._labels, speech)}"
            for column in columns
        )
        return speech("semicolon").join(told)


def _points(answer: ComparisonAnswer, exact: int | None, speech: Speech) -> str:
    """A contribution or difference with its sign: in points of a hundred, or as it is."""
    if exact is None or answer.count.denominator is None:
        return speech("no_figure")
    value = exact / answer.count.denominator
    told = f"{value * 100:+.2f}" if answer.count.before.is_share else f"{value:+.2f}"
    told = told.replace("-", "−")
    if told.strip("+−") in ("0.00",):
        told = "0.00" if exact == 0 else f"<{told.replace('0.00', '0.01')}"
    return speech("points", value=told) if answer.count.before.is_share else told
