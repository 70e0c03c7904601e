"""The route of the export: all organizations the caller may see, as a file."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from registry_api.api.dependencies import USUAL, Made, Reader, Then
from registry_api.api.errors import TOO_MANY_ROWS
from registry_api.api.filters import Filters
from registry_api.domain.columns import Language
from registry_api.files.formats import MEDIA_TYPES, Form
from registry_api.usecases.export_organizations import Export
from servicekit.errors import AHEAD_OF_HEAD, TOO_MANY_REQUESTS, responses
from servicekit.http import takes_transfer_place

router = APIRouter(tags=["organizations"])


FileFormat = Annotated[Form, Query(description="文件格式")]
HeaderLanguage = Annotated[
    Literal["zh", "en"] | None,
    Query(
        description="Headers and coded values of tables: zh 中文 (default for xlsx), "
        "en field names and codes (default for csv) 表头语言"
    ),
]
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file; Ledger-Position is the position it shows 导出文件",
        "content": {media: {} for media in MEDIA_TYPES.values()},
    }
}
"""What an export answers, for the specification."""


def header_language(sent: Literal["zh", "en"] | None, form: Form) -> Language:
    """The language of a table's header: as asked for, else the one people expect of the format."""
    return sent or ("zh" if form == "xlsx" else "en")


class ExportResponse(Response):
    """Opens the export when it is sent and closes it whatever happens to the sending.

    A client that goes away in the middle, or before the first byte, leaves no snapshot open.
    """

    def __init__(
        self, opened: Callable[[], AbstractAsyncContextManager[Export]], form: Form, name: str
    ):
        super().__init__()
        self._open = opened
        self._form = form
        self._name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file. Raises Refusal before anything was sent."""
        async with self._open() as export:
            answer = StreamingResponse(
                export.content,
                media_type=MEDIA_TYPES[self._form],
                headers={
                    "ledger-position": str(export.head.position),
                    "ledger-digest": export.head.digest.hex(),
                    "content-disposition": f'attachment; filename="{self._name}.{self._form}"',
                },
            )
            await answer(scope, receive, send)


@router.get(
    "/v1/organizations/export",
    operation_id="export_organizations",
    summary="Export organizations 导出社会组织",
    response_class=StreamingResponse,
    responses={**FILE, **responses(*USUAL, TOO_MANY_ROWS, AHEAD_OF_HEAD, TOO_MANY_REQUESTS)},
    dependencies=[takes_transfer_place(Reader)],
)
async def export_organizations(
    caller: Reader,
    factory: Made,
    filters: Filters,
    then: Then,
    format: FileFormat = "ndjson",  # noqa: A002
    headers: HeaderLanguage = None,
) -> Response:
    """All that match, streamed; follow `/v1/changes` from Ledger-Position on to stay in step.

    What is exported can be imported again and changes nothing. With `valid_on` or `known_at` the
    filters hold *then*, and Ledger-Position is where the ledger ended then.
    """
    language = header_language(headers, format)
    export = factory.export_organizations
    return ExportResponse(
        lambda: export(caller, filters, then, format, language), format, "organizations"
    )
