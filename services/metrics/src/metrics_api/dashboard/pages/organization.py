"""One organization: how it stands in every indicator, and why."""

from typing import Any
from uuid import UUID

from metrics_api.answers.links import Links
from metrics_api.charts.compose import receipt_line
from metrics_api.core.definitions.dimensions import UNASSIGNED_KEY
from metrics_api.core.formatting import Formatter
from metrics_api.coverage.standing.explain_status import (
    ExplainStatus,
    IndicatorStanding,
    StatusResult,
)
from metrics_api.dashboard.organization_rows import fact_in_words, fact_title, named
from metrics_api.dashboard.page_context import PageContext
from metrics_api.dashboard.parts import PageParts
from metrics_api.settings import MetricsSettings


class OrganizationPage:
    """Renders one organization."""

    def __init__(self, parts: PageParts, explain: ExplainStatus, settings: MetricsSettings) -> None:
        self._parts = parts
        self._explain = explain
        self._settings = settings

    async def render(self, context: PageContext, organization: UUID) -> str:
        """How one organization stands in every indicator."""
        query, formatter, caller = context.query, context.formatter, context.caller
        answer = await self._explain.answer(organization, query.valid_on, None, caller.areas)
        links = Links(self._settings, answer.valid_on, answer.edition).of(organization)
        return self._parts.templates.render(
            "organization",
            formatter.language,
            **context.frame,
            found=answer,
            name=answer.name or str(organization),
            facts=self._facts(answer, formatter),
            rows=[self._standing_row(it, formatter) for it in answer.indicators],
            links=links,
            receipt=receipt_line(answer.valid_on, answer.edition, formatter),
        )

    def _facts(self, answer: StatusResult, formatter: Formatter) -> list[tuple[str, str]]:
        """What it is, in words."""
        fact, day, edition = named(answer.fact), answer.valid_on, answer.edition.number
        words = [
            (fact_title(column, self._parts.labels, formatter),
             fact_in_words(column, fact[column], self._parts.labels, formatter))
            for column in ("kind", "institution_type", "level", "status", "grade", "party_form")
        ]  # fmt: skip
        area, body = fact["area"], fact["supervising_body"]
        hierarchy = self._parts.place_names.hierarchy(edition, day)
        nowhere = formatter.say(self._parts.labels.code("street", UNASSIGNED_KEY))
        nobody = formatter.say(self._parts.labels.code("body", UNASSIGNED_KEY))
        places = self._parts.place_names.path((str(area),), hierarchy) if area else []
        words.append((formatter("place"), " ".join(place.name for place in places) or nowhere))
        supervisor = self._parts.place_names.body(str(body), edition, day) if body else nobody
        words.append((formatter.say(self._parts.labels.titles["body"]), supervisor))
        return words

    def _standing_row(self, standing: IndicatorStanding, formatter: Formatter) -> dict[str, Any]:
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
                    fact_title(fact.column, self._parts.labels, formatter),
                    fact_in_words(fact.column, fact.value, self._parts.labels, formatter),
                    fact.since,
                )
                for fact in standing.facts
            ],
        }
