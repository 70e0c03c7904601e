"""The route of the export: all organizations the caller may see, as a file."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from registry_api.api.dependencies import USUAL, Filters, Made, Reader
from servicekit.problems import responses

router = APIRouter(tags=["organizations"])

_MEDIA = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}


@router.get(
    "/v1/organizations/export",
    operation_id="export_organizations",
    summary="Export organizations 导出社会组织",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "NDJSON or CSV; Ledger-Position is the position it shows 导出文件",
            "content": {"application/x-ndjson": {}, "text/csv": {}},
        },
        **responses(*USUAL),
    },
)
async def export_organizations(
    caller: Reader,
    factory: Made,
    filters: Filters,
    format: Annotated[Literal["ndjson", "csv"], Query(description="文件格式")] = "ndjson",  # noqa: A002
) -> Response:
    """All that match, streamed; follow `/v1/changes` from Ledger-Position on to stay in step."""
    stack = AsyncExitStack()
    export = await stack.enter_async_context(factory.export_organizations(caller, filters, format))

    async def content() -> AsyncIterator[bytes]:
        async with stack:
            async for part in export.content:
                yield part

    return StreamingResponse(
        content(),
        media_type=_MEDIA[format],
        headers={
            "ledger-position": str(export.head.position),
            "ledger-digest": export.head.digest.hex(),
            "content-disposition": f'attachment; filename="organizations.{format}"',
        },
    )
