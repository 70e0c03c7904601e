"""How an export is answered: its parameters, and a response that closes what it opened."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any, Literal

from fastapi import Query, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from registry_api.core.organization.columns import Language
from registry_api.exports.export import Export
from servicekit.tables import MEDIA_TYPES, FileFormat

FormatParameter = Annotated[FileFormat, Query(alias="format", description="文件格式")]


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


def header_language(sent: Literal["zh", "en"] | None, form: FileFormat) -> Language:
    """The language of a table's header: as asked for, else the one people expect of the format."""
    return sent or ("zh" if form == "xlsx" else "en")


class ExportResponse(Response):
    """Opens the export when it is sent and closes it whatever happens to the sending.

    A client that goes away in the middle, or before the first byte, leaves no snapshot open.
    """

    def __init__(
        self, opened: Callable[[], AbstractAsyncContextManager[Export]], form: FileFormat, name: str
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
