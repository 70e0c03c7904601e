"""Finding the holes that a change of the directory would open in rule sets in force or due.

A rule set is proved before it comes into force, over the directory of that day. A directory that
changes afterwards must not take the answer away from organizations unnoticed: where it would, the
change says so, and is refused unless whoever makes it says that this is meant. A place that is new,
such as a street whose committee is still to come, loses no answer: its holes are only told.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.directory.change import DirectoryChange
from jurisdiction_router.core.proving.opened_holes import opened_holes
from jurisdiction_router.core.proving.proof_report import document_of
from jurisdiction_router.core.refusals import DirectoryLeavesHoles
from jurisdiction_router.core.rules.vocabulary import Vocabulary
from jurisdiction_router.facts.find_affected import examples_visible_to, organizations_affected
from jurisdiction_router.facts.read import touched_places
from jurisdiction_router.rule_sets.read import approved_rule_sets
from servicekit.auth import Caller
from servicekit.errors import Violation

SHOWN: Final = 50
"""Holes that are told; the smallest come first."""


class Holes(NamedTuple):
    """The holes that a change would open.

    How many, how many of these take an answer away, and the first of them as the API shows them.
    """

    found: int
    losing: int
    shown: list[dict[str, Any]]

    def members(self) -> dict[str, Any]:
        """The members of a report that tell them."""
        return {"holes": self.shown, "holes_found": self.found, "holes_losing": self.losing}

    @classmethod
    def of(cls, report: Mapping[str, Any]) -> "Holes":
        """What `members` of a report said."""
        return cls(report["holes_found"], report["holes_losing"], report["holes"])

    def same_as(self, others: "Holes") -> bool:
        """Whether these are the same holes, whomever they hit."""
        return self[:2] == others[:2] and _bare(self) == _bare(others)


NO_HOLES: Final = Holes(0, 0, [])


@dataclass(frozen=True, slots=True)
class FindHoles:
    """The use case, with what it needs; runs inside its caller's transaction."""

    vocabulary: Vocabulary

    async def __call__(
        self, connection: AsyncConnection, before: Jurisdiction, change: DirectoryChange
    ) -> Holes:
        """The holes that `change` would open in the rule sets of `before`, and in those approved.

        Each with the organizations that would be left without an answer. The directory that would
        result must be sound.
        """
        real = change.without_unchanged(before.directory)
        rule_sets = [*before.rule_sets, *await approved_rule_sets(connection)]
        if not rule_sets or not (real.areas or real.bodies):
            return NO_HOLES
        codes = real.codes(before.directory)
        after = before.with_directory(real.applied_to(before.directory))
        holes = await asyncio.to_thread(
            opened_holes, rule_sets, before.directory, after.directory, codes
        )
        if not holes:
            return NO_HOLES
        places = await touched_places(connection, before.directory, after.directory, real)
        affected = await organizations_affected(
            connection, after, places,
            [(hole.example, (hole.rule_set.valid_from, hole.rule_set.valid_until))
             for hole in holes[:SHOWN]],
        )  # fmt: skip
        shown = [
            {
                "rule_set": hole.rule_set.id,
                "losing": not hole.example.new_place,
                **document_of(hole.example, self.vocabulary),
                "organizations": organizations,
            }
            for hole, organizations in zip(holes, affected, strict=False)
        ]
        losing = sum(not hole.example.new_place for hole in holes)
        return Holes(len(holes), losing, shown)


def refuse_holes(caller: Caller, holes: Holes, *, accepted: bool) -> None:
    """Raises Refusal `directory-leaves-holes` unless those that lose an answer are accepted."""
    if not holes.losing or accepted:
        return
    visible = examples_visible_to(caller, [hole for hole in holes.shown if hole["losing"]])
    raise DirectoryLeavesHoles(
        *(Violation("", "rule_set_hole", hole["rule_set"], hole["text"]) for hole in visible),
        count=holes.losing,
        holes=visible,
    )


def report_visible_to(caller: Caller, report: Mapping[str, Any]) -> dict[str, Any]:
    """A report with its `holes` as a limited caller may see them."""
    return {**report, "holes": examples_visible_to(caller, report["holes"])}


def _bare(holes: Holes) -> Sequence[dict[str, Any]]:
    return [{**hole, "organizations": None} for hole in holes.shown]
