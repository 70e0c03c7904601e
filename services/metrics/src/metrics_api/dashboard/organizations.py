"""The organizations behind a figure, as people work through them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from metrics_api.dashboard.speech import Speech
from metrics_api.domain.dimensions import DIMENSIONS, UNASSIGNED_KEY
from metrics_api.domain.facts import COLUMN_BY_NAME, POSITION, Fact
from metrics_api.domain.periods import period_name
from metrics_api.storage.label_files import Labels
from metrics_api.usecases.coverage_question import CoverageQuestion
from metrics_api.usecases.list_members import Member, MembersAnswer

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


def listed(found: MembersAnswer, labels: Labels, speech: Speech) -> Iterator[ListedOrganization]:
    """The members of a page as rows, everything in words."""
    for member in found.members:
        yield listed_one(member, found.question, labels, speech)


def listed_one(
    member: Member, question: CoverageQuestion, labels: Labels, speech: Speech
) -> ListedOrganization:
    """One organization as a row."""
    fact = named(member.span.value)
    return ListedOrganization(
        id=member.organization,
        name=str(fact["name"] or member.organization),
        code=None if fact["code"] is None else str(fact["code"]),
        counted=member.verdict.holds,
        place=_place(fact, question) or speech.say(labels.code("street", UNASSIGNED_KEY)),
        body=_body(fact, question) or speech.say(labels.code("body", UNASSIGNED_KEY)),
        kind=fact_in_words("kind", fact["kind"], labels, speech),
        grade=fact_in_words("grade", fact["grade"], labels, speech),
        reasons=[
            Reason(
                fact_title(column, labels, speech),
                fact_in_words(column, fact[column], labels, speech),
            )
            for column in member.verdict.columns
        ],
        since=member.span.start,
    )


def named(fact: Fact) -> Mapping[str, str | int | bool | date | None]:
    """The columns of a fact by name."""
    return {name: fact[position] for name, position in POSITION.items()}


def _place(fact: Mapping[str, object], question: CoverageQuestion) -> str:
    """District and street by name; what the directory does not name stays a code."""
    area = fact["area"]
    if area is None:
        return ""
    hierarchy = question.rollup.hierarchy
    path = hierarchy.path(str(area))
    codes = [code for code in (path.district, path.street) if code] or [str(area)]
    return " ".join(hierarchy.name(code) or code for code in codes)


def _body(fact: Mapping[str, object], question: CoverageQuestion) -> str:
    body = fact["supervising_body"]
    if body is None:
        return ""
    return question.directory.bodies.name(str(body), question.query.valid_on) or str(body)


def fact_title(column: str, labels: Labels, speech: Speech) -> str:
    """What a fact is called."""
    if column in labels.titles:
        return speech.say(labels.titles[column])
    name = f"field_{column}"
    return speech(name) if name in speech.words else column


def fact_in_words(column: str, value: object, labels: Labels, speech: Speech) -> str:
    """A fact's value: a code by its label, yes or no, a number; what is not known says so."""
    name = f"value_{value}"
    if column in DIMENSIONS:
        return speech.say(labels.code(column, UNASSIGNED_KEY if value is None else str(value)))
    if value is None:
        return speech("not_recorded")
    if isinstance(value, bool):
        return speech("yes" if value else "no")
    if isinstance(value, int):
        period = COLUMN_BY_NAME[column].period
        return speech.count(value) if period is None else period_name(period, value)
    return speech(name) if name in speech.words else str(value)
