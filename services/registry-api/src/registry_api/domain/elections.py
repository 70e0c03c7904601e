"""Leadership elections 换届 and the review of their candidates 负责人审核.

Source: the 2016 speech, 五嵌入 (3) and 二 (一): candidates for principal officers are reviewed; a
candidate without a passed review blocks the completion of the election.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from registry_api.domain.field_types import CivilDate, Name
from registry_api.domain.life_events.event import Effect, Reason, not_possible
from registry_api.domain.organization import State
from servicekit.refusals import Refusal, Violation

Result = Literal["pending", "passed", "rejected"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who stands for which post, and what the review said; the name is kept sealed elsewhere."""

    id: UUID
    post: str
    result: Result
    reviewed_on: date | None


class NewCandidate(BaseModel):
    """A candidate 候选人."""

    model_config = ConfigDict(extra="forbid")

    post: Name = Field(description="The post stood for 拟任职务")
    name: Name | None = Field(
        None, description="Restricted: encrypted, never in feed, export or log 姓名（受限）"
    )


class ElectionOpened(BaseModel):
    """The election is opened and its candidates are named."""

    model_config = ConfigDict(extra="forbid")

    effective_on: CivilDate = Field(description="启动日期")
    reason: Reason | None = Field(None, description="原因")
    candidates: Annotated[list[NewCandidate], Field(min_length=1, max_length=200)] = Field(
        description="候选人"
    )


class CandidateReviewed(BaseModel):
    """A candidate has been reviewed."""

    model_config = ConfigDict(extra="forbid")

    effective_on: CivilDate = Field(description="审核日期")
    reason: Reason | None = Field(None, description="原因")
    candidate_id: UUID = Field(description="候选人编号")
    result: Literal["passed", "rejected"] = Field(description="审核结论")


class ElectionCompleted(BaseModel):
    """The election is completed."""

    model_config = ConfigDict(extra="forbid")

    effective_on: CivilDate = Field(description="完成日期")
    reason: Reason | None = Field(None, description="原因")


def opening(state: State, event: ElectionOpened) -> Effect:
    """Open an election; one at a time."""
    if (state["leadership_election"] or {}).get("state") == "open":
        raise not_possible("election_open")
    election = {
        "state": "open",
        "opened_on": event.effective_on.isoformat(),
        "completed_on": None,
        "candidates": len(event.candidates),
        "passed": 0,
        "rejected": 0,
    }
    return Effect({"leadership_election": election})


def review(state: State, event: CandidateReviewed, candidates: Sequence[Candidate]) -> Effect:
    """Count a candidate's result; a candidate can be reviewed again."""
    _require_open(state)
    if event.candidate_id not in {candidate.id for candidate in candidates}:
        raise not_possible("no_candidate", "/candidate_id", str(event.candidate_id))
    results = [
        event.result if candidate.id == event.candidate_id else candidate.result
        for candidate in candidates
    ]
    counts = {"passed": results.count("passed"), "rejected": results.count("rejected")}
    return Effect({"leadership_election": counts})


def completion(state: State, day: date, candidates: Sequence[Candidate]) -> Effect:
    """Complete the election; every candidate needs a passed review."""
    _require_open(state)
    blocking = [candidate for candidate in candidates if candidate.result != "passed"]
    if blocking:
        raise Refusal(
            "event-not-possible",
            *(
                Violation(f"/candidates/{c.id}", "candidate_not_passed", c.result, {"post": c.post})
                for c in blocking
            ),
        )
    return Effect({"leadership_election": {"state": "completed", "completed_on": day.isoformat()}})


def _require_open(state: State) -> None:
    if (state["leadership_election"] or {}).get("state") != "open":
        raise not_possible("no_open_election")
