"""Entity tags of resources with a revision, and If-Match (RFC 9110 section 13.1.1)."""

import re
from typing import Annotated

from fastapi import Header

from servicekit.errors.standard import PreconditionFailed, PreconditionRequired

IfMatch = Annotated[
    str | None,
    Header(max_length=200, description="The ETag that was read; required to change 读取时的 ETag"),
]

_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def etag(revision: int) -> str:
    """The strong entity tag of a revision."""
    return f'"{revision}"'


def check_if_match(sent: str | None, revision: int) -> None:
    """Hold a change to the revision its caller has read.

    Raises PreconditionRequired without it, PreconditionFailed when the resource has moved on.
    `*` matches any revision; a weak tag never matches (the comparison is strong).
    """
    if sent is None:
        raise PreconditionRequired()
    if sent.strip() == "*":
        return
    strong = [m.group(1) for m in _TAG.finditer(sent) if not m.group(0).startswith("W/")]
    if str(revision) not in strong:
        raise PreconditionFailed(sent=sent, current=etag(revision))
