"""Answer what falls due: the counts, or who owes it, as a document, with its receipt."""

from collections.abc import Iterator, Mapping
from typing import Any

from metrics_api.answers.answer import Answer
from metrics_api.answers.links import Links
from metrics_api.answers.organizations import fact_documents, organization_document
from metrics_api.answers.receipt import IssueReceipt
from metrics_api.answers.tables import TableLayout
from metrics_api.core.definitions.dimensions import DIMENSIONS, UNASSIGNED_KEY
from metrics_api.core.definitions.forecasts import STATES
from metrics_api.counting.request import pinned_hierarchy
from metrics_api.forecast.count import CountForecast, ForecastResult, ObligationForecast, States
from metrics_api.forecast.list_due import DueMember, DueRequest, ListDue
from metrics_api.forecast.question import ForecastQuestion, ForecastRequest
from metrics_api.forecast.schemas import ForecastDocument, ForecastMembers
from metrics_api.settings import MetricsSettings
from servicekit.errors import refuses


class AnswerForecast:
    """Forecasts, and says what the forecast rests on."""

    def __init__(
        self,
        count: CountForecast,
        due: ListDue,
        issue_receipt: IssueReceipt,
        settings: MetricsSettings,
    ) -> None:
        self._count = count
        self._due = due
        self._issue_receipt = issue_receipt
        self._settings = settings

    @refuses(CountForecast)
    async def __call__(self, request: ForecastRequest) -> Answer:
        """What falls due, by obligation and group."""
        result = await self._count.answer(request)
        document = {
            **_outlook(request, result.question),
            "obligations": [_obligation(counted) for counted in result.obligations],
            "groups": list(_groups(result, request.group_by)),
        }
        rows = "groups" if request.group_by else "obligations"
        layout = TableLayout(ForecastDocument, rows)
        return self._answer(request, result.question, document, layout)

    @refuses(ListDue)
    async def members(self, request: DueRequest, cursor: str | None, limit: int) -> Answer:
        """A page of those who owe an obligation."""
        page = await self._due.page(request, cursor, limit)
        question, title = page.question, page.forecast.title
        links = Links(self._settings, question.valid_on, question.edition)
        document = {
            "obligation": request.obligation,
            "title": {"zh": title.zh, "en": title.en},
            "state": request.states,
            "month": request.month,
            **_outlook(request.forecast, question),
            "items": [_member(member, question, links) for member in page.members],
            "next_cursor": page.next_cursor,
            "count": page.count,
        }
        layout = TableLayout(ForecastMembers, "items")
        return self._answer(request.forecast, question, document, layout)

    def _answer(
        self,
        request: ForecastRequest,
        question: ForecastQuestion,
        document: Mapping[str, Any],
        layout: TableLayout,
    ) -> Answer:
        receipt = self._issue_receipt(question.edition, [question.valid_on], [], request.areas)
        pinned = {"valid_on": question.valid_on, **pinned_hierarchy(question.hierarchy_on)}
        return Answer(document, layout, receipt, pinned)


def _outlook(request: ForecastRequest, question: ForecastQuestion) -> dict[str, Any]:
    """The members that say from when, until when, and in whose areas it is looked ahead."""
    return {
        "valid_on": question.valid_on,
        "until": request.until,
        "hierarchy_on": question.hierarchy_on,
    }


def _obligation(counted: ObligationForecast) -> dict[str, Any]:
    forecast = counted.forecast
    return {
        "obligation": forecast.id,
        "version": forecast.version,
        "title": _title(counted),
        "reference": forecast.reference,
        **_states(counted.total),
        "months": [{"month": month, "due": n} for month, n in sorted(counted.months.items())],
    }


def _title(counted: ObligationForecast) -> dict[str, str]:
    return {"zh": counted.forecast.title.zh, "en": counted.forecast.title.en}


def _groups(result: ForecastResult, group_by: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Ordered by obligation and key, the unassigned last."""
    for counted in result.obligations:
        for key in sorted(
            counted.groups, key=lambda it: [(part == UNASSIGNED_KEY, part) for part in it]
        ):
            yield {
                "obligation": counted.forecast.id,
                "title": _title(counted),
                "by": dict(zip(group_by, key, strict=True)),
                "labels": _labels(result, group_by, key),
                **_states(counted.groups[key]),
            }


def _labels(
    result: ForecastResult, group_by: tuple[str, ...], key: tuple[str, ...]
) -> dict[str, str | None]:
    versions = result.directory.areas.versions
    labels: dict[str, str | None] = {}
    for name, part in zip(group_by, key, strict=True):
        if DIMENSIONS[name].area_level:
            labels[name] = versions.name(part, result.areas_on)
        elif name == "body":
            labels[name] = result.directory.bodies.name(part, result.valid_on)
    return labels


def _states(states: States) -> dict[str, int]:
    return {state: states[state] for state in STATES}


def _member(member: DueMember, question: ForecastQuestion, links: Links) -> dict[str, Any]:
    row = member.row
    listed_for = {
        "state": row.state,
        "due_on": row.due_on,
        "facts": fact_documents(row.span.value, member.columns),
    }
    return organization_document(row.organization, row.span, listed_for, question, links)
