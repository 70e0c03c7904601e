"""The two halves of each organization's facts, a row per organization, read and written by page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Text, TextClause, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.domain.facts import AssignmentFacts, OrganizationFacts
from metrics_api.domain.timelines import Span


@dataclass(slots=True)
class SubjectTimelines:
    """What both ledgers tell of one organization."""

    organization: list[Span[OrganizationFacts]] = field(default_factory=list)
    assignment: list[Span[AssignmentFacts]] = field(default_factory=list)


_ORGANIZATION = msgspec.json.Decoder(list[Span[OrganizationFacts]])
_ASSIGNMENT = msgspec.json.Decoder(list[Span[AssignmentFacts]])
_ENCODER = msgspec.json.Encoder()


async def read_timelines(
    connection: AsyncConnection, organizations: Collection[UUID]
) -> dict[UUID, SubjectTimelines]:
    """What is held of each of `organizations`; empty timelines for those never heard of."""
    held = {identifier: SubjectTimelines() for identifier in organizations}
    for row in await connection.execute(_READ, {"ids": list(held)}):
        held[row.organization_id] = SubjectTimelines(
            _ORGANIZATION.decode(row.organization or "[]"),
            _ASSIGNMENT.decode(row.assignment or "[]"),
        )
    return held


async def write_organizations(
    connection: AsyncConnection, timelines: Mapping[UUID, list[Span[OrganizationFacts]]]
) -> None:
    """Hold `timelines` in place of what the registry told of these organizations."""
    await connection.execute(_WRITE_ORGANIZATIONS, _bound(timelines))


async def write_assignments(
    connection: AsyncConnection, timelines: Mapping[UUID, list[Span[AssignmentFacts]]]
) -> None:
    """Hold `timelines` in place of what the router told of these organizations."""
    await connection.execute(_WRITE_ASSIGNMENTS, _bound(timelines))


def _bound(timelines: Mapping[UUID, object]) -> dict[str, list[Any]]:
    return {"ids": list(timelines), "timelines": list(map(_encoded, timelines.values()))}


def _encoded(spans: object) -> str:
    return _ENCODER.encode(spans).decode()


def _write(half: str) -> TextClause:
    return text(
        f"INSERT INTO subject_timeline (organization_id, {half}) "  # noqa: S608 - our columns
        "SELECT * FROM unnest(:ids, :timelines) "
        f"ON CONFLICT (organization_id) DO UPDATE SET {half} = excluded.{half}"
    ).bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("timelines", type_=ARRAY(Text)))


_READ = text(
    "SELECT organization_id, organization, assignment "
    "FROM subject_timeline WHERE organization_id = ANY(:ids)"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
_WRITE_ORGANIZATIONS = _write("organization")
_WRITE_ASSIGNMENTS = _write("assignment")
