"""The organizations behind a figure: the work list, as a page and whole."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from metrics_api.charts.compose import receipt_line
from metrics_api.core.facts.edition import Edition
from metrics_api.core.formatting import Language
from metrics_api.core.refusals import ListTooLong
from metrics_api.counting.members import Part
from metrics_api.coverage.members.list_members import ListMembers
from metrics_api.dashboard.chips import filter_chips
from metrics_api.dashboard.organization_rows import PAGE_SIZE, ListedOrganization, listed
from metrics_api.dashboard.page_query import ORGANIZATIONS, OVERVIEW, PageQuery
from metrics_api.dashboard.parts import PageParts
from servicekit.auth import Caller

MAX_IN_A_FILE = 20_000
"""Organizations in one file: a spreadsheet that people still work through."""
_FILE_PAGE = 1000


@dataclass(frozen=True, slots=True)
class WholeList:
    """All organizations behind a figure; `filters` says in words which."""

    query: PageQuery
    part: Part
    title: str
    filters: str
    valid_on: date
    edition: Edition
    rows: list[ListedOrganization]


class OrganizationsPage:
    """Renders the list, and reads all of it."""

    def __init__(self, parts: PageParts, members: ListMembers) -> None:
        self._parts = parts
        self._members = members

    async def render(
        self, query: PageQuery, part: Part, cursor: str | None, language: Language, caller: Caller
    ) -> str:
        """A page of the list behind a figure."""
        parts, formatter = self._parts, self._parts.formatters[language]
        request = query.request(query.indicator, None, caller.areas)
        page = await self._members.page(request, part, cursor, PAGE_SIZE)
        indicator = parts.definitions.indicators[query.indicator]
        here = query.listed(part)
        after = page.next_cursor
        other = replace(query, language="zh" if language == "en" else "en")
        hierarchy = page.question.rollup.hierarchy
        return parts.templates.render(
            "organizations",
            language,
            found=page,
            part=part,
            rows=list(listed(page, parts.labels, formatter)),
            first_page=here if cursor else None,
            next_page=f"{here}&{urlencode({'cursor': after})}" if after else None,
            title=formatter.say(indicator.title),
            formula=formatter.say(indicator.formula),
            q=query,
            caller=caller,
            home=OVERVIEW,
            other_language=other.listed(part),
            labels=parts.labels,
            places=parts.place_names.path(query.filters.get("area", ()), hierarchy),
            chips=filter_chips(
                parts,
                query,
                ORGANIZATIONS,
                page.edition,
                page.valid_on,
                formatter,
                f"&part={part}",
            ),
            receipt=receipt_line(page.valid_on, page.edition, formatter),
            now=parts.clock.now(),
        )

    async def every(
        self, query: PageQuery, part: Part, language: Language, caller: Caller
    ) -> WholeList:
        """The whole list behind a figure, at one edition."""
        parts, formatter = self._parts, self._parts.formatters[language]
        request = query.request(query.indicator, None, caller.areas)
        rows: list[ListedOrganization] = []
        cursor = None
        while True:
            page = await self._members.page(request, part, cursor, _FILE_PAGE)
            if page.count > MAX_IN_A_FILE:
                raise ListTooLong(rows=page.count, limit=MAX_IN_A_FILE)
            rows += await asyncio.to_thread(list, listed(page, parts.labels, formatter))
            cursor = page.next_cursor
            if cursor is None:
                break
        edition, day = page.edition, page.valid_on
        hierarchy = page.question.rollup.hierarchy
        places = parts.place_names.path(query.filters.get("area", ()), hierarchy)
        chips = filter_chips(parts, query, ORGANIZATIONS, edition, day, formatter)
        words = (*(place.name for place in places), *(chip.name for chip in chips))
        title = formatter.say(parts.definitions.indicators[query.indicator].title)
        return WholeList(query, part, title, formatter.list(words), day, edition, rows)
