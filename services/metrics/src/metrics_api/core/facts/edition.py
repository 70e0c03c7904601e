"""An edition: one state of this service's knowledge, by how much of each ledger it includes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """How much of each feed is included; edition 0 knows nothing."""

    number: int
    registry_position: int
    router_position: int
    recorded_at: datetime | None


NOTHING_KNOWN = Edition(0, 0, 0, None)
