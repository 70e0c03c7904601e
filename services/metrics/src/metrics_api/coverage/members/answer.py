"""Answer who is behind a count: a page of organizations as a document, with its receipt."""

from dataclasses import dataclass
from typing import Any, ClassVar

from metrics_api.answers.answer import Answer
from metrics_api.answers.links import Links
from metrics_api.answers.organizations import fact_documents, organization_document
from metrics_api.answers.receipt import IssueReceipt
from metrics_api.answers.tables import TableLayout
from metrics_api.counting.members import Part
from metrics_api.counting.question import Surroundings
from metrics_api.counting.request import CoverageRequest, pinned_hierarchy
from metrics_api.coverage.members.list_members import ListMembers, Member
from metrics_api.coverage.members.schemas import MemberPage
from metrics_api.settings import MetricsSettings


@dataclass(frozen=True, slots=True)
class MembersRequest:
    """A page of `part` of `count`; `with_count`: also how many there are on all pages."""

    count: CoverageRequest
    part: Part
    limit: int
    cursor: str | None
    with_count: bool


class AnswerMembers:
    """Lists members, and says what the list rests on."""

    refusals: ClassVar = (ListMembers,)

    def __init__(
        self, members: ListMembers, issue_receipt: IssueReceipt, settings: MetricsSettings
    ) -> None:
        self._members = members
        self._issue_receipt = issue_receipt
        self._settings = settings

    async def __call__(self, request: MembersRequest) -> Answer:
        """The answer to `request`."""
        counted = request.count
        page = await self._members.page(counted, request.part, request.cursor, request.limit)
        links = Links(self._settings, page.valid_on, page.edition)
        document = {
            "indicator": counted.indicator,
            "part": request.part,
            "valid_on": page.valid_on,
            "hierarchy_on": page.question.hierarchy_on,
            "items": [member_document(member, page.question, links) for member in page.members],
            "next_cursor": page.next_cursor,
            "count": page.count if request.with_count else None,
        }
        receipt = self._issue_receipt(
            page.edition, [page.valid_on], [counted.indicator], counted.areas
        )
        pinned = {"valid_on": page.valid_on, **pinned_hierarchy(page.question.hierarchy_on)}
        return Answer(document, TableLayout(MemberPage, "items"), receipt, pinned)


def member_document(member: Member, question: Surroundings, links: Links) -> dict[str, Any]:
    """An organization of a list as it is shown."""
    listed_for = {
        "counted": member.verdict.holds,
        "facts": fact_documents(member.span.value, member.verdict.columns),
    }
    return organization_document(member.organization, member.span, listed_for, question, links)
