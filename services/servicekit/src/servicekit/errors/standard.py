"""The refusals that any service can answer with; their words are in `messages/problems.yaml`."""

from servicekit.errors.refusal import Refusal


class InvalidToken(Refusal):
    """No token, or one that is not valid here."""

    code = "invalid-token"
    status = 401


class MissingToken(InvalidToken):
    """No token was sent, so the challenge has no error code (RFC 6750 section 3.1)."""

    def __init__(self) -> None:
        super().__init__(why="no bearer token")
        self.headers = {"www-authenticate": "Bearer"}


class InsufficientScope(Refusal):
    """The token lacks the `scope` of the route."""

    code = "insufficient-scope"
    status = 403


class OutsideAreas(Refusal):
    """What is asked for lies in an `area` that the token is not for."""

    code = "outside-areas"
    status = 403


class KeysUnavailable(Refusal):
    """The keys that tokens are checked with can't be had."""

    code = "keys-unavailable"
    status = 503
    retry_after = 5


class NotFound(Refusal):
    """There is nothing, or nothing that this token may see."""

    code = "not-found"
    status = 404


class MethodNotAllowed(Refusal):
    """The path takes other methods."""

    code = "method-not-allowed"
    status = 405


class BadRequest(Refusal):
    """Not HTTP as it should be."""

    code = "bad-request"
    status = 400


class MalformedJson(Refusal):
    """The body is no JSON."""

    code = "malformed-json"
    status = 400


class InvalidRequest(Refusal):
    """Values break rules; each is listed."""

    code = "invalid-request"
    status = 422


class UnknownParameter(Refusal):
    """A query parameter that the route has not."""

    code = "unknown-parameter"
    status = 400


class InvalidCursor(Refusal):
    """A cursor that this query did not give."""

    code = "invalid-cursor"
    status = 400


class PayloadTooLarge(Refusal):
    """The body has more bytes than the `limit`."""

    code = "payload-too-large"
    status = 413


class PreconditionRequired(Refusal):
    """A change without If-Match."""

    code = "precondition-required"
    status = 428


class PreconditionFailed(Refusal):
    """The resource is no longer what was read: `sent` and `current` are ETags."""

    code = "precondition-failed"
    status = 412


class IdempotencyConflict(Refusal):
    """The `key` was used for another request."""

    code = "idempotency-conflict"
    status = 422


class PositionAhead(Refusal):
    """Position `after` lies past the `head`: another ledger is followed."""

    code = "position-ahead"
    status = 400


class TooManyRequests(Refusal):
    """All slots for requests of this kind are taken: `limit`, `own` of one client."""

    code = "too-many-requests"
    status = 429
    retry_after = 10


class TooManyJobs(Refusal):
    """The client has `limit` jobs that have not ended."""

    code = "too-many-jobs"
    status = 429
    retry_after = 60


class Unavailable(Refusal):
    """The database can't be reached."""

    code = "unavailable"
    status = 503
    retry_after = 1


class Internal(Refusal):
    """A bug."""

    code = "internal"
    status = 500
