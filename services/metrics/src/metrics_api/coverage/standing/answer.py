"""Answer how one organization stands: every indicator as a document, with its receipt."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from metrics_api.answers.answer import Answer
from metrics_api.answers.receipt import IssueReceipt
from metrics_api.answers.tables import TableLayout
from metrics_api.coverage.standing.explain_status import ExplainStatus, IndicatorStanding
from metrics_api.coverage.standing.schemas import Standing


class AnswerStanding:
    """Explains an organization's status, and says what that rests on."""

    refusals: ClassVar = (ExplainStatus,)

    def __init__(self, explain: ExplainStatus, issue_receipt: IssueReceipt) -> None:
        self._explain = explain
        self._issue_receipt = issue_receipt

    async def __call__(
        self,
        organization: UUID,
        valid_on: date | None,
        edition: int | None,
        areas: tuple[str, ...] | None,
    ) -> Answer:
        """How `organization` stands."""
        result = await self._explain.answer(organization, valid_on, edition, areas)
        document = {
            "id": str(organization),
            "name": result.name,
            "code": result.code,
            "valid_on": result.valid_on,
            "indicators": [_document(standing) for standing in result.indicators],
        }
        counted = [standing.indicator.id for standing in result.indicators]
        receipt = self._issue_receipt(result.edition, [result.valid_on], counted, areas)
        layout = TableLayout(Standing, "indicators.facts")
        return Answer(document, layout, receipt, {"valid_on": result.valid_on})


def _document(standing: IndicatorStanding) -> dict[str, Any]:
    title = standing.indicator.title
    return {
        "indicator": standing.indicator.id,
        "title": {"zh": title.zh, "en": title.en},
        "asked": standing.asked,
        "counted": standing.counted,
        "adds": standing.adds
        and {"numerator": str(standing.adds[0]), "denominator": str(standing.adds[1])},
        "facts": [
            {"field": fact.column, "value": fact.value, "since": fact.since}
            for fact in standing.facts
        ],
    }
