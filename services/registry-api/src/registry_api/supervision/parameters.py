"""The query parameters that ask for the organizations of a body."""

from typing import Annotated

from fastapi import Depends, Query, Request

from registry_api.supervision.find import Supervised

_MAX_BODIES = 20

_Body = Annotated[str, Query(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]


async def _of_body(
    request: Request,
    body: Annotated[
        list[_Body] | None,
        Query(
            max_length=_MAX_BODIES,
            description="Supervised by one of these bodies (ids of jurisdiction-router); needs "
            "router:read too 领导和管理的党组织",
        ),
    ] = None,
    under_body: Annotated[
        list[_Body] | None,
        Query(
            max_length=_MAX_BODIES,
            description="Supervised by one of these bodies or one beneath it 党组织及其下级",
        ),
    ] = None,
) -> Supervised | None:
    if not body and not under_body:
        return None
    return Supervised(body or (), under_body or (), request.headers["authorization"])


OfBody = Annotated[Supervised | None, Depends(_of_body)]
"""Whose organizations are meant, where it matters whose."""
