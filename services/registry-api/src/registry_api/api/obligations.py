"""Routes of obligations: of one organization, and as work lists over the register."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header

from registry_api.api.dependencies import USUAL, Made, Reader, Then
from registry_api.api.errors import ORGANIZATION_VOID
from registry_api.api.obligation_schemas import StandingOut, obligation_words
from servicekit.problems import responses
from servicekit.standard_problems import AHEAD_OF_HEAD, NOT_FOUND
from servicekit.text import preferred_language

router = APIRouter(tags=["obligations"])

_Language = Annotated[str | None, Header(alias="accept-language", include_in_schema=False)]


@router.get(
    "/v1/organizations/{organization_id}/obligations",
    operation_id="read_obligations",
    summary="What an organization owes 社会组织待办义务",
    response_model=StandingOut,
    responses=responses(*USUAL, NOT_FOUND, ORGANIZATION_VOID, AHEAD_OF_HEAD),
)
async def read_obligations(
    caller: Reader,
    factory: Made,
    organization_id: UUID,
    then: Then,
    accept_language: _Language = None,
) -> StandingOut:
    """What was owed on a day, as known at a moment: since when, by when, under which clause.

    A day ahead shows what the calendar alone will bring. `since` is the first day on which the
    register knows that it was owed, or the date that the facts themselves name.
    """
    standing = await factory.read_obligations(caller, organization_id, then)
    language = preferred_language(accept_language)
    return StandingOut.model_validate(
        {
            "id": organization_id,
            "name": standing.state["name"],
            "valid_on": standing.day,
            "known_at": standing.position,
            "items": [obligation_words(o, standing.day, language) for o in standing.owed],
        }
    )
