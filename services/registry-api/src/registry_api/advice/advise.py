"""Advice on one organization: the recommended form of Party building; which grade it may get."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import orjson

from registry_api.advice.guidance import Guidance, guidance_for
from registry_api.core.evaluation import VetoGround, grounds_of_veto
from registry_api.core.organization.state import State
from registry_api.organizations.read import ReadOrganization
from servicekit.auth import Caller
from servicekit.time import AsOf, Clock


@dataclass(frozen=True, slots=True)
class AdviseOrganization:
    """The use case, with what it needs."""

    refusals: ClassVar = (ReadOrganization,)

    clock: Clock
    read_organization: ReadOrganization

    async def guidance(
        self, caller: Caller, identifier: UUID, as_of: AsOf
    ) -> tuple[State, date, Guidance]:
        """The document, the day, and what is recommended then."""
        document, day = await self._document(caller, identifier, as_of)
        return document, day, guidance_for(document, day)

    async def evaluation(
        self, caller: Caller, identifier: UUID, as_of: AsOf, grade: str
    ) -> tuple[State, date, list[VetoGround]]:
        """The document, the day, and everything that stands against the grade then.

        The same question as an evaluation puts when it is recorded. Raises Refusal as above.
        """
        document, day = await self._document(caller, identifier, as_of)
        return document, day, grounds_of_veto(document, grade, day)

    async def _document(
        self, caller: Caller, identifier: UUID, as_of: AsOf
    ) -> tuple[dict[str, Any], date]:
        read = await self.read_organization.as_of(caller, identifier, as_of)
        return orjson.loads(read.text), as_of.valid_on or self.clock.today()
