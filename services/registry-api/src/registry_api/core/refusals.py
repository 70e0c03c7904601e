"""What the register refuses: each kind with its code and status; its words stand in messages/."""

from servicekit.errors import OutsideAreas, Refusal


class InvalidOrganization(Refusal):
    """The organization, or a change of it, breaks rules; each is listed."""

    code = "invalid-organization"
    status = 422


class CodeTaken(Refusal):
    """A credit code or filing number, `taken`, belongs to another organization."""

    code = "code-taken"
    status = 409


class EventNotPossible(Refusal):
    """An event that can't happen to what the organization is on its day."""

    code = "event-not-possible"
    status = 409


class OrganizationVoid(Refusal):
    """The organization was entered in error: `reason`, `voided_at`."""

    code = "organization-void"
    status = 410


class NamesNotConfigured(Refusal):
    """Names are sent to a register without keys to seal them with."""

    code = "names-not-configured"
    status = 409


class UnknownCandidates(Refusal):
    """Candidates of a ranking that are unknown or named twice."""

    code = "unknown-candidates"
    status = 422


class UnknownField(Refusal):
    """A field that organizations do not have is named in `fields`."""

    code = "unknown-field"
    status = 400


class CursorExpired(Refusal):
    """More than `most` organizations have changed since the first page of a sorted walk."""

    code = "cursor-expired"
    status = 410


class UnknownCodeList(Refusal):
    """There is no such code list; `known` are those that there are."""

    code = "unknown-code-list"
    status = 404


class UploadTooLarge(Refusal):
    """An upload of more than `limit` bytes."""

    code = "upload-too-large"
    status = 413


class TooManyRows(Refusal):
    """More rows than a sheet holds: `limit`."""

    code = "too-many-rows"
    status = 422


class EmptyUpload(Refusal):
    """An upload without content."""

    code = "empty-upload"
    status = 422


class RouterNotConfigured(Refusal):
    """No address of jurisdiction-router is set."""

    code = "router-not-configured"
    status = 409


class RouterUnavailable(Refusal):
    """jurisdiction-router does not answer, or not as it should."""

    code = "router-unavailable"
    status = 503
    retry_after = 5


class TooManySupervised(Refusal):
    """The bodies of a list have more than `most` organizations."""

    code = "too-many-supervised"
    status = 413


class OutsideAreasThen(OutsideAreas):
    """On a day that a change reaches the organization lies where the caller may not see it."""

    text_key = "outside-areas-then"
