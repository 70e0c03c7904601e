"""`GET /v1/coverage/members`: the organizations behind a count, and why each counts or not."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from metrics_api.api.answer_tables import Sheet
from metrics_api.api.answers import ANSWER_FORMS, Answering
from metrics_api.api.coverage import READ_PROBLEMS
from metrics_api.api.errors import PARAMETER_UNDEFINED, TIMELINE_REBUILT
from metrics_api.api.parameters import members_request, pinned_hierarchy
from metrics_api.api.schemas import MemberPage
from metrics_api.counting.members import Part
from metrics_api.domain.facts import POSITION, Fact
from metrics_api.domain.timelines import Span
from metrics_api.usecases.coverage_question import Surroundings
from metrics_api.usecases.coverage_request import CoverageRequest
from metrics_api.usecases.issue_links import Links
from metrics_api.usecases.issue_receipt import IssueReceipt
from metrics_api.usecases.list_members import ListMembers, Member
from servicekit.errors import INVALID_CURSOR, responses
from servicekit.http import CursorText, Limit

AskedPart = Annotated[
    Part,
    Query(description="Who counts, all who are asked about, or who is missing 分子、分母或缺口"),
]


def members_router() -> APIRouter:
    """The route of the members."""
    router = APIRouter(tags=["coverage"])

    @router.get(
        "/v1/coverage/members",
        operation_id="list_members",
        summary="Organizations behind a count 名单",
        response_model=MemberPage,
        responses={
            **ANSWER_FORMS,
            **responses(*READ_PROBLEMS, PARAMETER_UNDEFINED, INVALID_CURSOR, TIMELINE_REBUILT),
        },
    )
    async def members(
        request: Request,
        answering: Answering,
        asked: Annotated[CoverageRequest, Depends(members_request)],
        part: AskedPart = "gap",
        limit: Limit = 100,
        cursor: CursorText = None,
        count: Annotated[
            Literal["exact"] | None, Query(description="Also count all of them 是否计总数")
        ] = None,
    ) -> Response:
        """The numerator, the denominator or the gap between them (the work list), by area and id.

        All pages of one walk show the edition and the day of its first page.
        """
        lists: ListMembers = request.app.state.list_members
        found = await lists.page(asked, part, cursor, limit)
        links = Links(request.app.state.settings, found.valid_on, found.edition)
        document = {
            "indicator": asked.indicator,
            "part": part,
            "valid_on": found.valid_on,
            "hierarchy_on": found.question.hierarchy_on,
            "items": [member_document(member, found.question, links) for member in found.members],
            "next_cursor": found.next_cursor,
            "count": found.count if count else None,
        }
        issue: IssueReceipt = request.app.state.issue_receipt
        receipt = issue(found.edition, [found.valid_on], [asked.indicator], asked.areas)
        pinned = {
            "valid_on": found.valid_on,
            **pinned_hierarchy(found.question.hierarchy_on),
        }
        return answering.answer(receipt, document, pinned, Sheet(MemberPage, "items"))

    return router


def member_document(member: Member, question: Surroundings, links: Links) -> dict[str, Any]:
    """An organization of a list as it is shown."""
    told = {
        "counted": member.verdict.holds,
        "facts": fact_documents(member.span.value, member.verdict.columns),
    }
    return organization_document(member.organization, member.span, told, question, links)


def organization_document(
    organization: UUID,
    span: Span[Fact],
    told: Mapping[str, Any],
    around: Surroundings,
    links: Links,
) -> dict[str, Any]:
    """An organization of any list: what it is, what the list has `told` of it, where it lies."""
    fact = span.value
    return {
        "id": str(organization),
        "name": fact[POSITION["name"]],
        "code": fact[POSITION["code"]],
        **told,
        "since": span.start,
        "kind": fact[POSITION["kind"]],
        "grade": fact[POSITION["grade"]],
        **_whereabouts(fact, around),
        "links": links.of(organization),
    }


def fact_documents(fact: Fact, columns: Iterable[str]) -> list[dict[str, Any]]:
    """The facts that decide."""
    return [{"field": column, "value": fact[POSITION[column]]} for column in columns]


def _whereabouts(fact: Fact, around: Surroundings) -> dict[str, Any]:
    """Its area, its district and its supervising body, each by code and name."""
    day = around.valid_on
    areas = around.directory.areas.versions
    area, body = _text(fact, "area"), _text(fact, "supervising_body")
    district = around.rollup.hierarchy.path(area).district
    return {
        "area": area and {"code": area, "name": areas.name(area, day)},
        "district": district and {"code": district, "name": areas.name(district, around.areas_on)},
        "body": body
        and {
            "id": body,
            "kind": fact[POSITION["body_kind"]],
            "name": around.directory.bodies.name(body, day),
        },
    }


def _text(fact: Fact, column: str) -> str | None:
    value = fact[POSITION[column]]
    return None if value is None else str(value)
