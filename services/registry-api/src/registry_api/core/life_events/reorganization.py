"""Merger 合并 and split 分立: what is sent, and what it makes of each organization.

In law an organization that ends by a merger or a split is deregistered (注销): its status says so,
its `successors` say what became of it. Both lists hold ids of organizations of this register; a
file may bring names where the register does not know the other one.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from registry_api.core.field_types import CivilDate
from registry_api.core.life_events.amendment import check_undecided
from registry_api.core.life_events.event import Effect, Reason, check_status, not_possible
from registry_api.core.organization.state import OrganizationState, State

MERGED = "organization.merged"
SPLIT = "organization.split"


class Participant(BaseModel):
    """A known organization that takes part 参与方."""

    model_config = ConfigDict(extra="forbid")

    id: UUID = Field(description="Its id 编号")
    revision: int = Field(
        ge=1, le=2**31 - 1, description="The revision that was read; stands in for If-Match 版本"
    )
    change: dict[str, Any] = Field(
        {},
        description="RFC 7396 merge patch: what else changes in it on that day 同日其他变更",
        examples=[{"party": {"full_members": 8}}],
    )


class _Reorganization(BaseModel):
    model_config = ConfigDict(extra="forbid")

    effective_on: CivilDate = Field(description="The day on which it happened 生效日期")
    reason: Reason | None = Field(None, description="Kept in the ledger 原因")


class Merger(_Reorganization):
    """Organizations end, and one goes on in their place: `into` a known one, or a new one."""

    organizations: Annotated[list[Participant], Field(min_length=1, max_length=50)] = Field(
        description="Those that end 被合并方"
    )
    into: Participant | None = Field(None, description="The one that absorbs them 吸收合并的存续方")
    establish: OrganizationState | None = Field(
        None, description="The one that is established in their place 新设合并的新组织"
    )


class Split(_Reorganization):
    """An organization passes over into several, or gives a part away and goes on."""

    organization: Participant = Field(description="The one that is split 被分立方")
    continues: bool = Field(description="It goes on beside its successors 是否存续（派生分立）")
    into: Annotated[list[Participant], Field(max_length=50)] = Field(
        [], description="Known ones that take a part over 接收的已有组织"
    )
    establish: Annotated[list[OrganizationState], Field(max_length=50)] = Field(
        [], description="Those that are established 新设的组织"
    )


def end(state: State, successors: Sequence[str], change: dict[str, Any]) -> Effect:
    """An organization ends and others succeed it. Raises EventNotPossible."""
    check_status(state, pointer="/id")
    check_undecided(state, change)
    joined = _joined(state["successors"], successors)
    return Effect({**change, "status": "deregistered", "successors": joined})


def part(state: State, successors: Sequence[str], change: dict[str, Any]) -> Effect:
    """An organization gives parts away and goes on. Raises EventNotPossible."""
    _check_goes_on(state, change)
    return Effect({**change, "successors": _joined(state["successors"], successors)})


def succeed(state: State, predecessors: Sequence[str], change: dict[str, Any]) -> Effect:
    """An organization takes over from others. Raises EventNotPossible."""
    _check_goes_on(state, change)
    return Effect({**change, "predecessors": _joined(state["predecessors"], predecessors)})


Role = Callable[[State, Sequence[str], dict[str, Any]], Effect]
"""What a reorganization does to one that takes part: `end`, `part` or `succeed`."""


def _check_goes_on(state: State, change: dict[str, Any]) -> None:
    check_status(state, pointer="/id")
    check_undecided(state, change)
    if change.get("status", state["status"]) != state["status"]:
        raise not_possible("goes_on", "/change/status", change["status"])


def _joined(present: Sequence[str], added: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*present, *added]))
