"""How a recorded event is answered."""

import orjson
from fastapi import Response

from registry_api.errors import INVALID_ORGANIZATION, ORGANIZATION_VOID
from registry_api.life_events.record import Recorded
from servicekit.errors import (
    IDEMPOTENCY_CONFLICT,
    MALFORMED_JSON,
    NOT_FOUND,
    OUTSIDE_AREAS,
    PAYLOAD_TOO_LARGE,
    PRECONDITION_FAILED,
    PRECONDITION_REQUIRED,
    ProblemType,
)
from servicekit.http import USUAL, etag

CHANGING: tuple[ProblemType, ...] = (
    *USUAL, NOT_FOUND, ORGANIZATION_VOID, INVALID_ORGANIZATION, OUTSIDE_AREAS, MALFORMED_JSON,
    PAYLOAD_TOO_LARGE, PRECONDITION_FAILED, PRECONDITION_REQUIRED, IDEMPOTENCY_CONFLICT,
)  # fmt: skip
"""What any route that changes an organization can answer."""


def event_response(recorded: Recorded) -> Response:
    """The organization after an event, with what the event came to as its last member."""
    outcome = orjson.dumps(recorded.outcome or None).decode()
    return organization_response(recorded, f'{recorded.document[:-1]},"outcome":{outcome}}}')


def organization_response(recorded: Recorded, body: str) -> Response:
    headers = {"etag": etag(recorded.revision)}
    return Response(body, headers=headers, media_type="application/json")
