"""List the organizations behind a count: who counts, who is missing, and by which facts."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from metrics_api.core.definitions.explanations import Verdict, member_explainer
from metrics_api.core.facts.columns import Fact
from metrics_api.core.facts.edition import Edition
from metrics_api.core.refusals import TimelineRebuilt
from metrics_api.counting.members import MemberPage, Part, Place, find_members
from metrics_api.counting.question import AskCoverage, CoverageQuestion
from metrics_api.counting.request import CoverageRequest
from metrics_api.facts.read import ReadFacts
from servicekit.errors import InvalidCursor, Violation
from servicekit.http import decode_cursor, encode_cursor
from servicekit.time import Period

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Member:
    """An organization as the list shows it; `verdict` says whether it counts, and why."""

    organization: UUID
    span: Period[Fact]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class MembersResult:
    """A page of members with its receipt, and the directory that names their areas and bodies."""

    question: CoverageQuestion
    members: list[Member]
    next_cursor: str | None
    count: int

    @property
    def edition(self) -> Edition:
        """What the list rests on."""
        return self.question.edition

    @property
    def valid_on(self) -> date:
        """The day of the count."""
        return self.question.query.valid_on


class ListMembers:
    """Finds members in the columnar copy, and reads their facts and names from PostgreSQL."""

    refusals: ClassVar = (AskCoverage, InvalidCursor, TimelineRebuilt)

    def __init__(self, ask: AskCoverage, facts: ReadFacts) -> None:
        self._ask = ask
        self._facts = facts

    async def page(
        self, request: CoverageRequest, part: Part, cursor: str | None, limit: int
    ) -> MembersResult:
        """At most `limit` members of `part` of the count that `request` asks for.

        All pages of one walk show the edition, day and areas of the first.
        """
        bound = _bound(request, part)
        after: Place | None = None
        if key := decode_cursor(cursor, bound, (int, date, date, str, UUID)):
            edition, day, areas_on, area, organization = key
            _check_same(request, edition, day)
            request = replace(request, edition=edition, valid_on=day)
            if request.hierarchy == "as_is":
                request = replace(request, hierarchy=areas_on)
            after = Place(area or None, organization)
        for _ in range(ATTEMPTS):
            question = await self._ask.question(request)
            page = await asyncio.to_thread(
                find_members,
                question.known.copy,
                question.rollup,
                question.query,
                part,
                after,
                limit,
            )
            members = await self._members(question, page)
            if members is not None:
                return MembersResult(question, members, _cursor(question, page, bound), page.count)
            await self._ask.renewed(question.known)
        raise TimelineRebuilt()

    async def _members(self, question: CoverageQuestion, page: MemberPage) -> list[Member] | None:
        """The members of `page`; None where a rebuild has just replaced rows under the copy."""
        explain = member_explainer(question.query.indicator)
        spans = await self._facts.rows(page.rows)
        if len(spans) < len(page.rows):
            return None
        return [
            Member(key.organization, spans[key], explain(spans[key].value)) for key in page.rows
        ]


def _bound(request: CoverageRequest, part: Part) -> dict[str, Any]:
    """What a cursor is bound to, beside the edition and day it carries itself."""
    return {
        "part": part,
        "indicator": request.indicator,
        "filters": dict(request.filters),
        "areas": request.areas,
        "hierarchy": str(request.hierarchy),
    }


def _check_same(request: CoverageRequest, edition: int, day: date) -> None:
    """Refuse a cursor of another edition or day than the request names."""
    if request.edition not in (None, edition) or request.valid_on not in (None, day):
        raise InvalidCursor(Violation("/cursor", "cursor", f"{edition} {day}"))


def _cursor(question: CoverageQuestion, page: MemberPage, bound: dict[str, Any]) -> str | None:
    if page.last is None:
        return None
    area, organization = page.last
    days = (question.query.valid_on, question.areas_on)
    return encode_cursor((question.edition.number, *days, area or "", organization), bound)
