"""The route of the export: all organizations the caller may see, as a file."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from registry_api.dependencies import Reader
from registry_api.exports.answer import (
    FILE,
    ExportResponse,
    FormatParameter,
    HeaderLanguage,
    header_language,
)
from registry_api.exports.export import ExportOrganizations
from registry_api.selection.parameters import Filters
from servicekit.errors import TooManyRequests, responses
from servicekit.http import USUAL, AsOfQuery, provided, takes_transfer_slot

router = APIRouter(tags=["organizations"])

_Export = Annotated[ExportOrganizations, provided(ExportOrganizations)]


@router.get(
    "/v1/organizations/export",
    operation_id="export_organizations",
    summary="Export organizations 导出社会组织",
    response_class=StreamingResponse,
    responses={**FILE, **responses(USUAL, ExportOrganizations, TooManyRequests)},
    dependencies=[takes_transfer_slot(Reader)],
)
async def export_organizations(
    caller: Reader,
    export: _Export,
    filters: Filters,
    as_of: AsOfQuery,
    form: FormatParameter = "ndjson",
    headers: HeaderLanguage = None,
) -> Response:
    """All that match, streamed; follow `/v1/changes` from Ledger-Position on to stay in step.

    What is exported can be imported again and changes nothing. With `valid_on` or `known_at` the
    filters hold *then*, and Ledger-Position is where the ledger ended then.
    """
    language = header_language(headers, form)
    return ExportResponse(
        lambda: export(caller, filters, as_of, form, language), form, "organizations"
    )
