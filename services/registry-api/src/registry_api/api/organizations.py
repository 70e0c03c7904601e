"""Routes of organizations: establish, read."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from registry_api.api.dependencies import (
    USUAL,
    Made,
    OrganizationId,
    Reader,
    Then,
    ValidOn,
    Writer,
)
from registry_api.api.errors import CODE_TAKEN, INVALID_ORGANIZATION, ORGANIZATION_VOID
from registry_api.api.schemas import (
    EstablishedOrganization,
    Establishment,
    Organization,
)
from registry_api.domain.organization import OrganizationState, to_state
from registry_api.domain.point_in_time import AsOf
from registry_api.factory import Factory
from registry_api.usecases.read_organization import Document
from registry_api.usecases.register_organization import Request as RegisterRequest
from servicekit.errors import (
    AHEAD_OF_HEAD,
    IDEMPOTENCY_CONFLICT,
    MALFORMED_JSON,
    NOT_FOUND,
    OUTSIDE_AREAS,
    PAYLOAD_TOO_LARGE,
    preferred_language,
    responses,
)
from servicekit.http import etag
from servicekit.ledger import IdempotencyKey, fingerprint
from servicekit.time import KnownAt, moment

router = APIRouter(tags=["organizations"])

_JSON = "application/json"


@router.post(
    "/v1/organizations",
    operation_id="register_organization",
    summary="Register an organization 成立登记",
    status_code=201,
    response_model=EstablishedOrganization,
    responses=responses(
        *USUAL, INVALID_ORGANIZATION, CODE_TAKEN, OUTSIDE_AREAS, IDEMPOTENCY_CONFLICT,
        MALFORMED_JSON, PAYLOAD_TOO_LARGE,
    ),
)  # fmt: skip
async def register_organization(
    request: Request,
    caller: Writer,
    factory: Made,
    body: Establishment,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Establishment: the gates of 三同步, the register, and the obligations that follow."""
    state = OrganizationState.model_validate(
        body.model_dump(by_alias=True, exclude={"effective_on", "reason"})
    )
    answer = await factory.register_organization(
        caller,
        RegisterRequest(
            to_state(state),
            body.effective_on,
            body.reason,
            idempotency_key,
            fingerprint(request.url.path, await request.body()),
            preferred_language(request.headers.get("accept-language")),
        ),
    )
    headers = {"etag": etag(1), "location": answer.location or ""}
    return Response(answer.body, answer.status, headers, _JSON)


@router.get(
    "/v1/organizations/{organization_id}",
    operation_id="read_organization",
    summary="Read an organization 读取社会组织",
    response_model=Organization,
    responses=responses(*USUAL, NOT_FOUND, ORGANIZATION_VOID, AHEAD_OF_HEAD),
)
async def read_organization(
    request: Request,
    caller: Reader,
    organization_id: OrganizationId,
    valid_on: ValidOn = None,
    known_at: KnownAt = None,
) -> Response:
    """The organization now, or on a day as known at a moment."""
    # asked for most of all: what `Made` and `Then` would solve as dependencies is written out here
    factory: Factory = request.app.state.factory
    as_of = AsOf(valid_on, moment(known_at))
    return _document(await factory.read_organization.then(caller, organization_id, as_of))


@router.get(
    "/v1/organizations/by-credit-code/{credit_code}",
    operation_id="read_organization_by_credit_code",
    summary="Look up by credit code 按信用代码查询",
    response_model=Organization,
    responses=responses(*USUAL, NOT_FOUND, ORGANIZATION_VOID, AHEAD_OF_HEAD),
)
async def read_by_credit_code(
    caller: Reader,
    factory: Made,
    then: Then,
    credit_code: Annotated[str, Path(max_length=40, description="统一社会信用代码")],
) -> Response:
    """Who bears this unified social credit code now, or bore it on a day as known at a moment.

    A code that was given up can be given again: of several that bore it on a day of the past, the
    one registered last is shown.
    """
    code = credit_code.upper()
    return _document(await factory.read_organization.by_credit_code(caller, code, then))


def _document(found: Document) -> Response:
    return Response(found.text, headers={"etag": etag(found.revision)}, media_type=_JSON)
