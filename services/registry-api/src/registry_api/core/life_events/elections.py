"""Leadership elections 换届 and the review of their candidates 负责人审核.

Source: the 2016 speech, 五嵌入 (3) and 二 (一): candidates for principal officers are reviewed; a
candidate without a passed review blocks the completion of the election.

Reviews are facts of the organization's state, by candidate id: what is known on a day are the
reviews on or before that day, whenever they were recorded. Names are sealed elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from registry_api.core.field_types import CivilDate, Name
from registry_api.core.life_events.event import Effect, Reason, check_status, not_possible
from registry_api.core.organization.state import State
from registry_api.core.refusals import EventNotPossible
from servicekit.errors import Violation

OPENED = "organization.election_opened"
REVIEWED = "organization.candidate_reviewed"
WITHDRAWN = "organization.candidate_withdrawn"
COMPLETED = "organization.election_completed"
CANCELLED = "organization.election_cancelled"

Result = Literal["pending", "passed", "rejected", "withdrawn"]


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


class CandidateWithdrawn(BaseModel):
    """A candidate withdraws, or another takes the place."""

    model_config = ConfigDict(extra="forbid")

    effective_on: CivilDate = Field(description="退出日期")
    reason: Reason | None = Field(None, description="原因")
    candidate_id: UUID = Field(description="候选人编号")
    replaced_by: NewCandidate | None = Field(None, description="替补候选人")


class ElectionCompleted(BaseModel):
    """The election is completed."""

    model_config = ConfigDict(extra="forbid")

    effective_on: CivilDate = Field(description="完成日期")
    reason: Reason | None = Field(None, description="原因")


class ElectionCancelled(BaseModel):
    """The election is given up."""

    model_config = ConfigDict(extra="forbid")

    effective_on: CivilDate = Field(description="取消日期")
    reason: Reason | None = Field(None, description="原因")


def opening(election: UUID, candidates: list[UUID], day: date) -> Effect:
    """Open an election; one at a time."""
    return _effect(
        id=str(election),
        state="open",
        opened_on=day.isoformat(),
        completed_on=None,
        cancelled_on=None,
        reviews={str(candidate): _review(str(election), "pending") for candidate in candidates},
    )


def review(state: State, event: CandidateReviewed) -> Effect:
    """A candidate's result; a candidate can be reviewed again."""
    election = _id(state)
    review = _review(election, event.result, event.effective_on)
    return _effect(reviews={str(event.candidate_id): review})


def withdrawal(state: State, event: CandidateWithdrawn, replacement: UUID | None) -> Effect:
    """A candidate withdraws; who takes the place has yet to be reviewed."""
    election = _id(state)
    reviews = {str(event.candidate_id): _review(election, "withdrawn", event.effective_on)}
    if replacement is not None:
        reviews[str(replacement)] = _review(election, "pending")
    return _effect(reviews=reviews)


def completion(state: State, day: date) -> Effect:
    """Complete the election; every candidate needs a passed review by that day."""
    return _effect(id=_id(state), state="completed", completed_on=day.isoformat())


def cancellation(state: State, day: date) -> Effect:
    """Give the election up, whatever the reviews said."""
    return _effect(id=_id(state), state="cancelled", cancelled_on=day.isoformat())


def checked(type_: str, state: State, effect: Callable[[State], Effect]) -> Effect:
    """What an event of this type does to the state of its day.

    Raises EventNotPossible.
    """
    check_status(state)
    done = effect(state)
    check_election(type_, state, done.patch)
    return done


def check_election(type_: str, state: State, patch: Mapping[str, Any]) -> None:
    """Whether what an event of this type `said` could have happened to `state`.

    Raises EventNotPossible.
    """
    check_status(state)
    _CHECKS[type_](state["leadership_election"] or {}, patch["leadership_election"])


Election = Mapping[str, Any]


def _check_opening(election: Election, _: Election) -> None:
    if election.get("state") == "open":
        raise not_possible("election_open")


def _check_review(election: Election, patch: Election) -> None:
    """Only who stands is reviewed, or withdraws; who takes a place is new."""
    _require_open(election)
    standing = {*_standing(election)}
    for candidate, candidate_review in patch["reviews"].items():
        known = candidate in standing and candidate_review["election"] == election["id"]
        if not known and candidate_review["result"] != "pending":
            raise not_possible("no_candidate", "/candidate_id", candidate)


def _check_completion(election: Election, patch: Election) -> None:
    _check_ending(election, patch)
    results = {
        candidate: election["reviews"][candidate]["result"] for candidate in _standing(election)
    }
    if not results:
        raise not_possible("no_candidates")
    blocking = [
        Violation(f"/candidates/{candidate}", "candidate_not_passed", result)
        for candidate, result in results.items()
        if result != "passed"
    ]
    if blocking:
        raise EventNotPossible(*blocking)


def _check_ending(election: Election, patch: Election) -> None:
    _require_open(election)
    if patch["id"] != election["id"]:
        raise not_possible("no_open_election")


_CHECKS: Mapping[str, Callable[[Election, Election], None]] = {
    OPENED: _check_opening,
    REVIEWED: _check_review,
    WITHDRAWN: _check_review,
    COMPLETED: _check_completion,
    CANCELLED: _check_ending,
}
ELECTION_EVENTS = tuple(_CHECKS)


def _standing(election: Election) -> Iterator[str]:
    for candidate, candidate_review in election["reviews"].items():
        if candidate_review["result"] != "withdrawn":
            yield candidate


def _require_open(election: Election) -> None:
    if election.get("state") != "open":
        raise not_possible("no_open_election")


def _id(state: State) -> str | None:
    """The open election's id; None for one that the register did not open."""
    election = state["leadership_election"] or {}
    _require_open(election)
    return str(election["id"]) if election["id"] else None


def _review(election: str | None, result: str, day: date | None = None) -> dict[str, Any]:
    on = None if day is None else day.isoformat()
    return {"election": election, "result": result, "on": on}


def _effect(**election: Any) -> Effect:
    return Effect({"leadership_election": election})
