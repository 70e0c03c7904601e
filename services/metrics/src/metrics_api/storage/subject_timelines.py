"""The two halves of each organization's facts, a row per organization, read and written by page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Text, Uuid, bindparam, text
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


async def write_timelines(
    connection: AsyncConnection, timelines: Mapping[UUID, SubjectTimelines]
) -> None:
    """Hold `timelines` in place of what was held of these organizations."""
    await connection.execute(
        _WRITE,
        {
            "ids": list(timelines),
            "organizations": [_encoded(t.organization) for t in timelines.values()],
            "assignments": [_encoded(t.assignment) for t in timelines.values()],
        },
    )


def _encoded(spans: object) -> str:
    return _ENCODER.encode(spans).decode()


_READ = text(
    "SELECT organization_id, organization::text AS organization, assignment::text AS assignment "
    "FROM subject_timeline WHERE organization_id = ANY(:ids)"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
_WRITE = text(
    "INSERT INTO subject_timeline (organization_id, organization, assignment) "
    "SELECT id, organization::jsonb, assignment::jsonb "
    "FROM unnest(:ids, :organizations, :assignments) AS page (id, organization, assignment) "
    "ON CONFLICT (organization_id) DO UPDATE "
    "SET organization = excluded.organization, assignment = excluded.assignment"
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("organizations", type_=ARRAY(Text)),
    bindparam("assignments", type_=ARRAY(Text)),
)
