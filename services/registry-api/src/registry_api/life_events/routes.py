"""One route per event of an organization's life, made from the list of events."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Response

from registry_api.core.life_events import LIFE_EVENTS, LifeEvent
from registry_api.core.life_events.amendment import amendment
from registry_api.core.refusals import CodeTaken
from registry_api.dependencies import BODY, OrganizationId, Writer
from registry_api.life_events.answer import event_response, organization_response
from registry_api.life_events.record import AMENDED, RecordEvent
from registry_api.life_events.schemas import AmendmentIn, OrganizationAfterEvent
from registry_api.organizations.schemas import Organization
from registry_api.register.change import EventCommand
from servicekit.errors import responses
from servicekit.http import USUAL, provided
from servicekit.ledger import Guarded

router = APIRouter(tags=["life events"])

_Record = Annotated[RecordEvent, provided(RecordEvent)]


@router.post(
    "/v1/organizations/{organization_id}/amendments",
    operation_id="amend_organization",
    summary="Amend or correct 变更与更正",
    response_model=Organization,
    responses=responses(USUAL, BODY, CodeTaken, RecordEvent),
)
async def amend_organization(
    caller: Writer,
    record: _Record,
    attempt: Guarded,
    organization_id: OrganizationId,
    body: AmendmentIn,
) -> Response:
    """Change fields from a day on; an earlier day corrects what was recorded wrongly.

    A day before the organization's first known one moves its beginning back: what is first known of
    it, with `change` applied (it may be `{}`), is then known since that day.
    """
    command = EventCommand(
        type=AMENDED,
        effective_on=body.effective_on,
        reason=body.reason,
        effect=partial(amendment, change=body.change),
        pointer="/change",
        moves_beginning=True,
    )
    recorded = await record(caller, organization_id, command, attempt)
    return organization_response(recorded, recorded.document)


def _add_route(event: type[LifeEvent]) -> None:
    operation = event.path.replace("/", "_").replace("-", "_")

    async def record(
        caller: Writer,
        record: _Record,
        attempt: Guarded,
        organization_id: OrganizationId,
        body: Annotated[LifeEvent, Body()],
    ) -> Response:
        command = EventCommand(
            type=body.type,
            effective_on=body.effective_on,
            reason=body.reason,
            effect=body.effect,
        )
        return event_response(await record(caller, organization_id, command, attempt))

    record.__annotations__["body"] = event
    router.add_api_route(
        f"/v1/organizations/{{organization_id}}/{event.path}",
        record,
        methods=["POST"],
        operation_id=f"record_{operation}",
        summary=event.title,
        description=event.__doc__,
        response_model=OrganizationAfterEvent,
        responses=responses(USUAL, BODY, RecordEvent),
    )


for _event in LIFE_EVENTS:
    _add_route(_event)
