"""What a follower reads from a feed, and how it knows that nothing is missing or changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from servicekit.ledger.canonical import chain
from servicekit.time.period import Segment


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """An event as a follower sees it; the timeline replaces all known from `effective_on` on."""

    position: int
    subject: str
    revision: int
    type: str
    time: str
    effective_on: date
    actor: str
    reason: str | None
    areas: tuple[str, ...]
    change: dict[str, Any] | None
    timeline: tuple[Segment, ...]

    @classmethod
    def parse(cls, event: dict[str, Any]) -> "FeedEvent":
        """From the feed's JSON; raises KeyError, TypeError or ValueError when it is not one."""
        data = event["data"]
        return cls(
            position=int(event["sequence"]),
            subject=event["subject"],
            revision=event["revision"],
            type=event["type"],
            time=event["time"],
            effective_on=date.fromisoformat(data["effective_on"]),
            actor=data["actor"],
            reason=data["reason"],
            areas=tuple(data["areas"]),
            change=data["change"],
            timeline=tuple(Segment.parse(segment) for segment in data["timeline"]),
        )


class ChainBroken(RuntimeError):
    """The feed's positions or digests do not follow from what was read: not the same ledger."""


def verify_page(page: Mapping[str, Any], position: int, digest: bytes) -> tuple[int, bytes]:
    """Hold a page to the cursor it was asked for; the position and digest it reaches.

    Raises ChainBroken. An empty page is held to it as well: a ledger that was restored from an
    older backup and grew again to the same position is another ledger.
    """
    if page["digest"] is None:
        raise ChainBroken("the token is limited to areas: such a feed has holes and no chain")
    algorithm = page["digest_algorithm"]
    for event in page["events"]:
        position += 1
        if event["sequence"] != str(position):
            raise ChainBroken(f"expected position {position}, got {event['sequence']}")
        body = {key: value for key, value in event.items() if key != "digest"}
        digest = chain(algorithm, digest, orjson.dumps(body, option=orjson.OPT_SORT_KEYS))
        if digest.hex() != event["digest"]:
            raise ChainBroken(f"the digest of position {position} does not follow")
    if page["next_after"] != position:
        raise ChainBroken(f"the page ends at {position} and claims {page['next_after']}")
    if page["digest"] != digest.hex():
        raise ChainBroken(f"the ledger has another digest at position {position}")
    return position, digest
