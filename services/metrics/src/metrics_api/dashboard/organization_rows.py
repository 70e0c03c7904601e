"""The organizations behind a figure, as people work through them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from metrics_api.core.definitions.dimensions import UNASSIGNED_KEY
from metrics_api.core.facts.columns import POSITION, Fact
from metrics_api.core.formatting import Formatter
from metrics_api.counting.question import Surroundings
from metrics_api.coverage.members.list_members import Member, MembersResult
from metrics_api.definitions.labels import FactValue, Labels
from servicekit.time import Period

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Reason:
    """A fact that decides whether an organization counts, in words."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class ListedOrganization:
    """A row of the work list."""

    id: UUID
    name: str
    code: str | None
    counted: bool
    place: str
    body: str
    kind: str
    grade: str
    reasons: list[Reason]
    since: date


def listed(
    page: MembersResult, labels: Labels, formatter: Formatter
) -> Iterator[ListedOrganization]:
    """The members of a page as rows, everything in words."""
    for member in page.members:
        yield listed_one(member, page.question, labels, formatter)


def listed_one(
    member: Member, around: Surroundings, labels: Labels, formatter: Formatter
) -> ListedOrganization:
    """One organization as a row."""
    verdict = member.verdict
    row = listed_by_facts(
        member.organization, member.span, verdict.columns, around, labels, formatter
    )
    return replace(row, counted=verdict.holds)


def listed_by_facts(
    organization: UUID,
    span: Period[Fact],
    columns: Iterable[str],
    around: Surroundings,
    labels: Labels,
    formatter: Formatter,
) -> ListedOrganization:
    """An organization as a row, with the `columns` of its facts that put it there."""
    fact = named(span.value)
    return ListedOrganization(
        id=organization,
        name=str(fact["name"] or organization),
        code=None if fact["code"] is None else str(fact["code"]),
        counted=False,
        place=_place(fact, around) or formatter.say(labels.code("street", UNASSIGNED_KEY)),
        body=_body(fact, around) or formatter.say(labels.code("body", UNASSIGNED_KEY)),
        kind=fact_in_words("kind", fact["kind"], labels, formatter),
        grade=fact_in_words("grade", fact["grade"], labels, formatter),
        reasons=[
            Reason(
                fact_title(column, labels, formatter),
                fact_in_words(column, fact[column], labels, formatter),
            )
            for column in columns
        ],
        since=span.start,
    )


def named(fact: Fact) -> Mapping[str, FactValue]:
    """The columns of a fact by name."""
    return {name: fact[position] for name, position in POSITION.items()}


def _place(fact: Mapping[str, object], around: Surroundings) -> str:
    """District and street by name; what the directory does not name stays a code."""
    area = fact["area"]
    if area is None:
        return ""
    hierarchy = around.rollup.hierarchy
    path = hierarchy.path(str(area))
    codes = [code for code in (path.district, path.street) if code] or [str(area)]
    return " ".join(hierarchy.name(code) or code for code in codes)


def _body(fact: Mapping[str, object], around: Surroundings) -> str:
    body = fact["supervising_body"]
    if body is None:
        return ""
    return around.directory.bodies.name(str(body), around.valid_on) or str(body)


def fact_title(column: str, labels: Labels, formatter: Formatter) -> str:
    """What a fact is called."""
    return formatter.say(labels.facts[column])


def fact_in_words(column: str, value: FactValue, labels: Labels, formatter: Formatter) -> str:
    """A fact's value: a code by its label, yes or no, a number; what is not known says so."""
    return (
        formatter.day(value)
        if isinstance(value, date)
        else formatter.say(labels.fact(column, value))
    )
