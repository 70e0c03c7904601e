"""What a page shows as a file, all pages of it: the work list, and answers of the API."""

import asyncio
import io
from typing import Literal

from fastapi import Response

from metrics_api.answers.ask import AskAnswers, NotAnsweredError, as_it_was, with_parameters
from metrics_api.answers.respond import MEDIA_TYPES
from metrics_api.answers.table_files import CsvFile, TableFile, XlsxFile, csv_file, xlsx_file
from metrics_api.answers.tables import AnswerTable
from metrics_api.charts.compose import receipt_line
from metrics_api.core.formatting import Formatter, Language
from metrics_api.core.refusals import ListTooLong
from metrics_api.dashboard.organization_rows import ListedOrganization
from metrics_api.dashboard.pages.organizations import MAX_IN_A_FILE, WholeList
from metrics_api.definitions.labels import Labels
from servicekit.auth import Caller

FileForm = Literal["csv", "xlsx"]

_COLUMNS = ("organization", "code", "kind", "counted", "why", "since", "place", "body", "grade")


async def list_file(whole: WholeList, form: FileForm, formatter: Formatter) -> Response:
    """The list with a header in the reader's language, made beside the event loop."""
    content = await asyncio.to_thread(_content, whole, form, formatter)
    name = f"{whole.query.indicator}-{whole.part}-{whole.valid_on.isoformat()}.{form}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


async def answer_file(
    ask: AskAnswers,
    caller: Caller,
    request: str,
    form: FileForm,
    language: Language,
    labels: Labels,
) -> Response:
    """What the API answers `request`, all its pages as one table; or its problem, as it is.

    Refuses `list-too-long`.
    """
    target = io.BytesIO()
    file: TableFile | None = None
    page: str | None = request
    while page is not None:
        try:
            sealed = await ask(caller, page, language)
        except NotAnsweredError as error:
            return as_it_was(error)
        document = sealed.document()
        if (rows := document.get("count") or 0) > MAX_IN_A_FILE:
            raise ListTooLong(rows=rows, limit=MAX_IN_A_FILE)
        if file is None:
            csv = form == "csv"
            file = CsvFile(target) if csv else XlsxFile(target, language, sealed.recorded_at)
        table = await asyncio.to_thread(sealed.table, labels, language)
        await asyncio.to_thread(file.add, table)
        cursor = document.get("next_cursor")
        page = with_parameters(request, cursor=cursor) if cursor else None
    assert file is not None
    await asyncio.to_thread(file.close)
    name = "-".join(request.split("?", maxsplit=1)[0].split("/")[2:])
    headers = {"content-disposition": f'attachment; filename="{name}.{form}"'}
    return Response(target.getvalue(), media_type=MEDIA_TYPES[form], headers=headers)


def _content(whole: WholeList, form: FileForm, formatter: Formatter) -> bytes:
    table = AnswerTable(
        paths=[(column,) for column in _COLUMNS],
        header=[formatter(f"column_{column}") for column in _COLUMNS],
        rows=[_row(row, formatter) for row in whole.rows],
        notes=[
            [formatter("indicator"), whole.title],
            [formatter("list"), formatter(f"part_{whole.part}")],
            [formatter("filters"), whole.filters],
            [formatter("formula"), receipt_line(whole.valid_on, whole.edition, formatter)],
        ],
    )
    if form == "csv":
        return csv_file(table)
    return xlsx_file(table, formatter.language, whole.edition.recorded_at)


def _row(row: ListedOrganization, formatter: Formatter) -> list[str | int | float | None]:
    reasons = tuple(f"{reason.field}：{reason.value}" for reason in row.reasons)
    counted = formatter("counted" if row.counted else "not_counted")
    return [
        row.name, row.code or str(row.id), row.kind, counted, "；".join(reasons),
        row.since.isoformat(), row.place, row.body, row.grade,
    ]  # fmt: skip
