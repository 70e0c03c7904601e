"""What this service refuses, beside what any service does; the words are in `messages/`."""

from servicekit.errors import Refusal


class TooManyGroups(Refusal):
    """An answer would have more `groups` than the `limit`."""

    code = "too-many-groups"
    status = 413


class FiguresTooFine(Refusal):
    """No number holds the exact figures: joint Party organizations are of too many sizes."""

    code = "figures-too-fine"
    status = 422


class ParameterUndefined(Refusal):
    """A `parameter` has no value on the day that is counted."""

    code = "parameter-undefined"
    status = 422


class ListTooLong(Refusal):
    """A list has more `rows` than a file may have (`limit`)."""

    code = "list-too-long"
    status = 413


class TimelineRebuilt(Refusal):
    """The facts were just made anew and are being loaded: the list can be asked for in a moment."""

    code = "timeline-rebuilt"
    status = 409


class CrossSiteForm(Refusal):
    """A form of the dashboard was sent by a page of another site."""

    code = "cross-site-form"
    status = 403


class TargetBuiltIn(Refusal):
    """A `target` comes with the service and is changed in its file."""

    code = "target-built-in"
    status = 409


class TooManyTargets(Refusal):
    """Users have set as many targets as there may be (`limit`)."""

    code = "too-many-targets"
    status = 409


class FileNotReady(Refusal):
    """The job that makes the file is in a `state` that has none."""

    code = "file-not-ready"
    status = 409
