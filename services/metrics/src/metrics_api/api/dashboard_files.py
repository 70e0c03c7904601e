"""The work list as a file: what the page shows, all pages of it."""

import asyncio
from typing import Literal

from fastapi import Response

from metrics_api.api.answer_tables import AnswerTable
from metrics_api.api.answers import MEDIA_TYPES
from metrics_api.api.table_files import csv_file, xlsx_file
from metrics_api.dashboard.charts import receipt_line
from metrics_api.dashboard.organizations import ListedOrganization
from metrics_api.dashboard.site import WholeList
from metrics_api.dashboard.speech import Speech

FileForm = Literal["csv", "xlsx"]

_COLUMNS = ("organization", "code", "kind", "counted", "why", "since", "place", "body", "grade")


async def list_file(whole: WholeList, form: FileForm, speech: Speech) -> Response:
    """The list with a header in the reader's language, made beside the event loop."""
    content = await asyncio.to_thread(_content, whole, form, speech)
    name = f"{whole.query.indicator}-{whole.part}-{whole.valid_on.isoformat()}.{form}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


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
