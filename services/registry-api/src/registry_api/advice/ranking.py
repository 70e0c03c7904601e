"""Who goes first, other things equal: those whose Party organization works well.

Source: the 2016 speech, 五嵌入 (4) and (5). Scores come from outside; what "works well" means is
read off recorded facts and obligations, by the criteria of `data/ranking.yaml`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any
from uuid import UUID

import yaml

from registry_api.core.code_lists import list_codes
from registry_api.core.conditions import Condition, facts_of, read_condition
from registry_api.core.obligations.derive import Obligation, obligations_on
from registry_api.core.organization.state import State
from servicekit.errors import Text
from servicekit.time import Segment


@dataclass(frozen=True, slots=True)
class Criterion:
    """A condition on what is recorded, kinds of obligations none of which is overdue, or both."""

    name: str
    when: Condition | None
    not_overdue: frozenset[str]
    title: Text

    def met(self, state: State, owed: Sequence[Obligation], day: date) -> bool:
        """Whether it is met on `day`."""
        if self.when and not self.when.holds(facts_of(state, self.when.paths), day):
            return False
        return not any(o.kind in self.not_overdue and o.overdue_on(day) for o in owed)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What "works well" means, who is not ranked at all, and the clause for it."""

    clause: Text
    source: str
    basis: str
    works_well: Sequence[Criterion]
    barred: Sequence[Criterion]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who competes, and how the register judges them on the day."""

    id: UUID
    name: str
    score: float
    met: Sequence[Criterion]
    unmet: Sequence[Criterion]
    barred: Sequence[Criterion]

    @property
    def works_well(self) -> bool:
        """Whether its Party organization works well."""
        return not self.unmet


@dataclass(frozen=True, slots=True)
class RankedCandidate:
    """A candidate's place, from 1 on; None: not ranked. `tied`: others share it."""

    candidate: Candidate
    rank: int | None
    tied: bool
    preferred: bool


def judged(
    identifier: UUID, score: float, state: State, timeline: Sequence[Segment], day: date
) -> Candidate:
    """The candidate as the register sees it on `day`."""
    rules = criteria()
    owed = obligations_on(timeline, day)
    met = [c for c in rules.works_well if c.met(state, owed, day)]
    unmet = [c for c in rules.works_well if c not in met]
    barred = [c for c in rules.barred if c.met(state, owed, day)]
    return Candidate(identifier, state["name"], score, met, unmet, barred)


def ranked(candidates: Sequence[Candidate]) -> list[RankedCandidate]:
    """By score, the highest first; among equal scores those that work well; the rest are ties.

    `preferred` are those who stand before others of their score because of the clause. Ties keep
    the order in which they were sent. Who is barred stands last, without a rank.
    """
    open_ = [candidate for candidate in candidates if not candidate.barred]
    ordered = sorted(open_, key=lambda c: (-c.score, not c.works_well))
    lesser = {c.score for c in open_ if not c.works_well}
    placed: list[RankedCandidate] = []
    for (score, well), group in groupby(ordered, key=lambda c: (c.score, c.works_well)):
        sharing, rank = list(group), len(placed) + 1
        preferred = well and score in lesser
        placed += [RankedCandidate(c, rank, len(sharing) > 1, preferred) for c in sharing]
    return placed + [RankedCandidate(c, None, False, False) for c in candidates if c.barred]


@cache
def criteria() -> Criteria:
    """The criteria. Raises ValueError for what is wrong in the data file."""
    source = files("registry_api").joinpath("data/ranking.yaml").read_text("utf-8")
    data = yaml.safe_load(source)
    return Criteria(
        Text(**data["clause"]),
        data["source"],
        data["basis"],
        [_criterion(name, raw) for name, raw in data["works_well"].items()],
        [_criterion(name, raw) for name, raw in data["barred"].items()],
    )


def _criterion(name: str, raw: Mapping[str, Any]) -> Criterion:
    kinds = frozenset(raw.get("not_overdue", ()))
    if not ("when" in raw or kinds) or not kinds <= {*list_codes("obligation_kind")}:
        raise ValueError(f"ranking.yaml: {name} needs when, or not_overdue of known kinds")
    when = read_condition(raw["when"]) if "when" in raw else None
    return Criterion(name, when, kinds, Text(**raw["title"]))
