"""An organization as the register stores it: its current state, its document, its table row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from registry_api.core.organization.facets import facet_values, facets
from registry_api.core.organization.name_pairs import name_pairs
from registry_api.core.organization.state import State, access_area
from servicekit.ledger import canonical_text
from servicekit.time import Segment

Timeline = Sequence[Segment]

COLUMNS = (
    "id",
    "revision",
    "document",
    "first_effective_on",
    "last_effective_on",
    "area",
    *facets(),
    "name_pairs",
)
"""The columns of a row: the document, and copies to filter by."""


@dataclass(frozen=True, slots=True)
class StoredOrganization:
    """An organization as the register has it now.

    `text` is the state as canonical JSON, from those who have it at hand.
    """

    id: UUID
    revision: int
    state: State
    first_effective_on: date
    last_effective_on: date
    text: bytes | None = field(default=None, compare=False, repr=False)

    @property
    def area(self) -> str:
        """Its access area."""
        return access_area(self.state)

    @property
    def document(self) -> str:
        """The JSON document that the API shows: id and revision, then the state, canonical."""
        state = canonical_text(self.state) if self.text is None else self.text
        return f'{{"id":"{self.id}","revision":{self.revision},{state[1:].decode()}'

    def row(self) -> tuple[Any, ...]:
        """The table row, in the order of `COLUMNS`."""
        return (
            self.id,
            self.revision,
            self.document,
            self.first_effective_on,
            self.last_effective_on,
            self.area,
            *facet_values(self.state),
            name_pairs(self.state["name"]),
        )

    def by_column(self) -> dict[str, Any]:
        """The same by column."""
        return dict(zip(COLUMNS, self.row(), strict=True))
