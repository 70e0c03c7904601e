"""How a recorded event is answered."""

import orjson
from fastapi import Response

from registry_api.life_events.record import EventResult
from servicekit.http import etag


def event_response(recorded: EventResult) -> Response:
    """The organization after an event, with what the event came to as its last member."""
    outcome = orjson.dumps(recorded.outcome or None).decode()
    return organization_response(recorded, f'{recorded.document[:-1]},"outcome":{outcome}}}')


def organization_response(recorded: EventResult, body: str) -> Response:
    """The organization as JSON text, with its ETag."""
    headers = {"etag": etag(recorded.revision)}
    return Response(body, headers=headers, media_type="application/json")
