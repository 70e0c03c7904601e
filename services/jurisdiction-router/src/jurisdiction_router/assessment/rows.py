"""Rows of organizations' facts, assignments and decisions; written in bulk."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Integer, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.deciding.designation import Override
from jurisdiction_router.core.rules.facts import FactPeriod
from jurisdiction_router.facts.rows import load_periods, write_periods
from jurisdiction_router.overrides.rows import load_overrides
from servicekit.database import copy_rows
from servicekit.ledger import Segment


@dataclass(frozen=True, slots=True)
class HeldSegment:
    """A stretch of a stored assignment timeline, with the area that grants access to it."""

    segment: Segment
    area: str


@dataclass(frozen=True, slots=True)
class HeldOrganization:
    """What is held of an organization: its facts, its timeline, and how often each changed."""

    id: UUID
    registry_revision: int = 0
    assignment_revision: int = 0
    periods: tuple[FactPeriod, ...] = ()
    segments: tuple[HeldSegment, ...] = ()
    overrides: tuple[Override, ...] = ()


async def load_organizations(
    connection: AsyncConnection, identifiers: Collection[UUID]
) -> dict[UUID, HeldOrganization]:
    """What is held of these organizations; locks their rows until the transaction ends."""
    bound = {"ids": list(identifiers)}
    organizations = (await connection.execute(_LOAD_ORGANIZATIONS, bound)).all()
    periods = await load_periods(connection, [row.id for row in organizations])
    held = {
        row.id: HeldOrganization(
            row.id, row.registry_revision, row.assignment_revision, periods.get(row.id, ())
        )
        for row in organizations
    }
    segments: dict[UUID, list[HeldSegment]] = {identifier: [] for identifier in held}
    for row in await connection.execute(_LOAD_SEGMENTS, bound):
        segment = Segment(row.valid_from, row.valid_until, orjson.loads(row.state))
        segments[row.organization_id].append(HeldSegment(segment, row.area))
    overrides = await load_overrides(connection, list(held))
    return {
        identifier: replace(
            organization,
            segments=tuple(segments[identifier]),
            overrides=overrides.get(identifier, ()),
        )
        for identifier, organization in held.items()
    }


async def write_organizations(
    connection: AsyncConnection,
    organizations: Sequence[HeldOrganization],
    stated: Collection[UUID],
    changed: Collection[UUID],
    documents: Mapping[str, str],
) -> None:
    """Replace the facts of the organizations in `stated`, the timelines of those in `changed`.

    `documents` are the decision documents the new segments name, by digest.
    """
    touched = [o for o in organizations if o.id in stated or o.id in changed]
    await connection.execute(
        _PUT_ORGANIZATIONS,
        {
            "ids": [o.id for o in touched],
            "registry_revisions": [o.registry_revision for o in touched],
            "assignment_revisions": [o.assignment_revision for o in touched],
        },
    )
    await write_periods(connection, {o.id: o.periods for o in touched if o.id in stated})
    if not changed:
        return
    await connection.execute(
        _PUT_DECISIONS, {"digests": list(documents), "documents": list(documents.values())}
    )
    await connection.execute(_DROP_SEGMENTS, {"ids": list(changed)})
    rows = [
        row
        for organization in organizations
        if organization.id in changed
        for row in _segment_rows(organization)
    ]
    await copy_rows(connection, "assignment", _COLUMNS, rows)


_COLUMNS = (
    "organization_id", "valid_from", "valid_until", "area", "outcome", "rule_set", "rule",
    "basis", "body_id", "body_kind", "flags", "decision", "state",
)  # fmt: skip


def _segment_rows(organization: HeldOrganization) -> Iterable[tuple[Any, ...]]:
    for held in organization.segments:
        state = held.segment.state
        supervising = state["supervising"] or {}
        yield (
            organization.id, held.segment.start, held.segment.until, held.area,
            state["outcome"], state["rule_set"], state["rule"], state["basis"],
            supervising.get("id"), supervising.get("kind"), state["flags"], state["decision"],
            orjson.dumps(state).decode(),
        )  # fmt: skip


_IDS = bindparam("ids", type_=ARRAY(Uuid))
_LOAD_ORGANIZATIONS = text(
    "SELECT id, registry_revision, assignment_revision FROM organization "
    "WHERE id = ANY(:ids) ORDER BY id FOR UPDATE"
).bindparams(_IDS)
_LOAD_SEGMENTS = text(
    "SELECT organization_id, valid_from, valid_until, area, state FROM assignment "
    "WHERE organization_id = ANY(:ids) ORDER BY organization_id, valid_from"
).bindparams(_IDS)
_PUT_ORGANIZATIONS = text(
    "INSERT INTO organization (id, registry_revision, assignment_revision) "
    "SELECT id, registry_revision, assignment_revision "
    "FROM unnest(:ids, :registry_revisions, :assignment_revisions) "
    "AS new (id, registry_revision, assignment_revision) "
    "ON CONFLICT (id) DO UPDATE SET registry_revision = excluded.registry_revision, "
    "assignment_revision = excluded.assignment_revision"
).bindparams(
    _IDS,
    bindparam("registry_revisions", type_=ARRAY(Integer)),
    bindparam("assignment_revisions", type_=ARRAY(Integer)),
)
_PUT_DECISIONS = text(
    "INSERT INTO decision (digest, document, flip, affiliation) "
    "SELECT DISTINCT ON (digest) digest, document, d #>> '{nearest_flip,attribute}', "
    "d #>> '{facts,affiliation}' "
    "FROM unnest(:digests, :documents) AS new (digest, document), "
    "LATERAL (SELECT CAST(document AS jsonb) AS d) AS parsed "
    "WHERE NOT EXISTS (SELECT FROM decision known WHERE known.digest = new.digest) "
    "ORDER BY digest ON CONFLICT (digest) DO NOTHING"
).bindparams(bindparam("digests", type_=ARRAY(Text)), bindparam("documents", type_=ARRAY(Text)))
_DROP_SEGMENTS = text("DELETE FROM assignment WHERE organization_id = ANY(:ids)").bindparams(_IDS)
