"""One route per event of an organization's life, made from the list of events."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Body, Request, Response

from registry_api.api.dependencies import USUAL, Made, OrganizationId, Writer
from registry_api.api.errors import (
    CODE_TAKEN,
    EVENT_NOT_POSSIBLE,
    INVALID_ORGANIZATION,
    ORGANIZATION_VOID,
)
from registry_api.api.schemas import AmendmentIn, Organization, OrganizationAfterEvent
from registry_api.domain.amendment import amendment
from registry_api.domain.life_events import LIFE_EVENTS, LifeEvent
from registry_api.factory import Factory
from registry_api.usecases.record_event import AMENDED, Happening, Recorded
from servicekit.auth import Caller
from servicekit.errors import (
    IDEMPOTENCY_CONFLICT,
    MALFORMED_JSON,
    NOT_FOUND,
    OUTSIDE_AREAS,
    PAYLOAD_TOO_LARGE,
    PRECONDITION_FAILED,
    PRECONDITION_REQUIRED,
    ProblemType,
    responses,
)
from servicekit.http import IfMatch, etag
from servicekit.ledger import IdempotencyKey, fingerprint

router = APIRouter(tags=["life events"])

CHANGING: tuple[ProblemType, ...] = (
    *USUAL, NOT_FOUND, ORGANIZATION_VOID, INVALID_ORGANIZATION, OUTSIDE_AREAS, MALFORMED_JSON,
    PAYLOAD_TOO_LARGE, PRECONDITION_FAILED, PRECONDITION_REQUIRED, IDEMPOTENCY_CONFLICT,
)  # fmt: skip
"""What any route that changes an organization can answer."""


@router.post(
    "/v1/organizations/{organization_id}/amendments",
    operation_id="amend_organization",
    summary="Amend or correct 变更与更正",
    response_model=Organization,
    responses=responses(*CHANGING, CODE_TAKEN, EVENT_NOT_POSSIBLE),
)
async def amend_organization(
    request: Request,
    caller: Writer,
    factory: Made,
    organization_id: OrganizationId,
    body: AmendmentIn,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Change fields from a day on; an earlier day corrects what was recorded wrongly.

    A day before the organization's first known one moves its beginning back: what is first known of
    it, with `change` applied (it may be `{}`), is then known since that day.
    """
    happening = Happening(
        type=AMENDED,
        effective_on=body.effective_on,
        reason=body.reason,
        effect=lambda state: amendment(state, body.change),
        if_match=if_match,
        pointer="/change",
        moves_beginning=True,
        key=idempotency_key,
        fingerprint=fingerprint(request.url.path, await request.body()),
    )
    recorded = await factory.record_event(caller, organization_id, happening)
    return _answer(recorded, recorded.document)


def _add_route(event: type[LifeEvent]) -> None:
    operation = event.path.replace("/", "_").replace("-", "_")

    async def record(
        request: Request,
        caller: Writer,
        factory: Made,
        organization_id: OrganizationId,
        body: Annotated[LifeEvent, Body()],
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        return await _record(
            request, caller, factory, organization_id, body, if_match, idempotency_key
        )

    record.__annotations__["body"] = event
    router.add_api_route(
        f"/v1/organizations/{{organization_id}}/{event.path}",
        record,
        methods=["POST"],
        operation_id=f"record_{operation}",
        summary=event.title,
        description=event.__doc__,
        response_model=OrganizationAfterEvent,
        responses=responses(*CHANGING, EVENT_NOT_POSSIBLE),
    )


async def _record(
    request: Request,
    caller: Caller,
    factory: Factory,
    organization_id: OrganizationId,
    event: LifeEvent,
    if_match: str | None,
    key: str | None,
) -> Response:
    happening = Happening(
        type=event.type,
        effective_on=event.effective_on,
        reason=event.reason,
        effect=event.effect,
        if_match=if_match,
        key=key,
        fingerprint=fingerprint(request.url.path, await request.body()),
    )
    recorded = await factory.record_event(caller, organization_id, happening)
    return told(recorded)


def told(recorded: Recorded) -> Response:
    """The organization after an event, with what the event came to as its last member."""
    outcome = orjson.dumps(recorded.outcome or None).decode()
    return _answer(recorded, f'{recorded.document[:-1]},"outcome":{outcome}}}')


def _answer(recorded: Recorded, body: str) -> Response:
    headers = {"etag": etag(recorded.revision)}
    return Response(body, headers=headers, media_type="application/json")


for _event in LIFE_EVENTS:
    _add_route(_event)
