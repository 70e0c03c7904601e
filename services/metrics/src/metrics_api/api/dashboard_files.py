"""What a page shows as a file, all pages of it: the work list, and answers of the API."""

import asyncio
import io
from typing import Literal

from fastapi import Response

from metrics_api.api.answer_tables import AnswerTable, answer_table
from metrics_api.api.answers import MEDIA_TYPES
from metrics_api.api.own_answers import (
    NotAnsweredError,
    OwnAnswers,
    as_it_was,
    document_of,
    with_parameters,
)
from metrics_api.api.table_files import CsvFile, TableFile, XlsxFile, csv_file, xlsx_file
from metrics_api.dashboard.charts import receipt_line
from metrics_api.dashboard.organizations import ListedOrganization
from metrics_api.dashboard.site import MOST_IN_A_FILE, WholeList
from metrics_api.dashboard.speech import Language, Speech
from metrics_api.storage.label_files import Labels
from servicekit.auth import Caller
from servicekit.errors import Refusal

FileForm = Literal["csv", "xlsx"]

_COLUMNS = ("organization", "code", "kind", "counted", "why", "since", "place", "body", "grade")


async def list_file(whole: WholeList, form: FileForm, speech: Speech) -> Response:
    """The list with a header in the reader's language, made beside the event loop."""
    content = await asyncio.to_thread(_content, whole, form, speech)
    name = f"{whole.query.indicator}-{whole.part}-{whole.valid_on.isoformat()}.{form}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


async def answer_file(
    own: OwnAnswers,
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
    asked: str | None = request
    while asked is not None:
        try:
            sent = await own.ask(caller, asked, language)
        except NotAnsweredError as error:
            return as_it_was(error)
        document = document_of(sent)
        if (rows := document.get("count") or 0) > MOST_IN_A_FILE:
            raise Refusal("list-too-long", rows=rows, limit=MOST_IN_A_FILE)
        if file is None:
            csv = form == "csv"
            file = CsvFile(target) if csv else XlsxFile(target, language, sent.made_at)
        table = await asyncio.to_thread(answer_table, document, sent.sheet, labels, language)
        await asyncio.to_thread(file.add, table)
        cursor = document.get("next_cursor")
        asked = with_parameters(request, cursor=cursor) if cursor else None
    assert file is not None
    await asyncio.to_thread(file.close)
    name = "-".join(request.split("?", maxsplit=1)[0].split("/")[2:])
    headers = {"content-disposition": f'attachment; filename="{name}.{form}"'}
    return Response(target.getvalue(), media_type=MEDIA_TYPES[form], headers=headers)


def _content(whole: WholeList, form: FileForm, speech: Speech) -> bytes:
    table = AnswerTable(
        paths=[(column,) for column in _COLUMNS],
        header=[speech(f"column_{column}") for column in _COLUMNS],
        rows=[_row(row, speech) for row in whole.rows],
        notes=[
            [speech("indicator"), whole.title],
            [speech("list"), speech(f"part_{whole.part}")],
            [speech("filters"), whole.filters],
            [speech("formula"), receipt_line(whole.valid_on, whole.edition, speech)],
        ],
    )
    if form == "csv":
        return csv_file(table)
    return xlsx_file(table, speech.language, whole.edition.recorded_at)


def _row(row: ListedOrganization, speech: Speech) -> list[str | int | float | None]:
    reasons = tuple(f"{reason.field}：{reason.value}" for reason in row.reasons)
    counted = speech("counted" if row.counted else "not_counted")
    return [
        row.name, row.code or str(row.id), row.kind, counted, "；".join(reasons),
        row.since.isoformat(), row.place, row.body, row.grade,
    ]  # fmt: skip
