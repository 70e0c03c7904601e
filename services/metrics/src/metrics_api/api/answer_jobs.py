"""The work of jobs that make files of answers: long lists, and packs for a period."""

import asyncio
import hashlib
import io
import tempfile
import zipfile
from typing import IO, Any

import orjson

from metrics_api.api.answer_tables import Language, answer_table
from metrics_api.api.answers import MEDIA_TYPES, Sent
from metrics_api.api.own_answers import NotAnsweredError, OwnAnswers, document_of, with_parameters
from metrics_api.api.table_files import CsvFile, SheetFullError, TableFile, XlsxFile, csv_file
from metrics_api.storage.job_files import store_file
from metrics_api.storage.label_files import Labels
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.jobs import Job, JobFailed, advance

EXPORT = "export"
REPORT_PACK = "report_pack"
ZIP_MEDIA_TYPE = "application/zip"

_PAGE = 1000
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class AnswerJobs:
    """Handlers by kind of job; each starts from the beginning when it is taken up again."""

    def __init__(self, own: OwnAnswers, database: Database, labels: Labels) -> None:
        self._own = own
        self._database = database
        self._labels = labels

    async def export(self, job: Job) -> dict[str, Any]:
        """All pages of one answer as one table."""
        request, form = job.params["request"], job.params["format"]
        language: Language = job.params["language"]
        with tempfile.TemporaryFile() as target:
            rows = await self._pages(job, request, form, language, target)
            name = request.split("?")[0].rsplit("/", 1)[-1]
            result = {"name": f"{name}.{form}", "media_type": MEDIA_TYPES[form], "rows": rows}
            return await self._kept(job, target, result)

    async def report_pack(self, job: Job) -> dict[str, Any]:
        """Each answer as JSON and CSV, all as one workbook, and the receipt of the pack."""
        language: Language = job.params["language"]
        files: dict[str, bytes] = {}
        receipts = []
        workbook = io.BytesIO()
        book: XlsxFile | None = None
        answers: list[dict[str, str]] = job.params["answers"]
        for done, answer in enumerate(answers, start=1):
            sent = await self._asked(job, answer["request"], language)
            book = book or XlsxFile(workbook, language, sent.made_at)
            await asyncio.to_thread(self._pack, answer["name"], sent, language, files, book)
            receipts.append({"name": answer["name"], **document_of(sent)["receipt"]})
            await self._advance(job, done, len(answers))
        assert book is not None
        await asyncio.to_thread(book.close)
        files["report.xlsx"] = workbook.getvalue()
        told = {
            **job.params["pack"],
            "answers": receipts,
            "files": {n: hashlib.sha256(files[n]).hexdigest() for n in sorted(files)},
        }
        files["receipt.json"] = orjson.dumps(told, option=orjson.OPT_INDENT_2)
        with tempfile.TemporaryFile() as target:
            await asyncio.to_thread(_zip, target, files)
            result = {"name": "report-pack.zip", "media_type": ZIP_MEDIA_TYPE, "rows": len(answers)}
            return await self._kept(job, target, result)

    async def _pages(
        self, job: Job, request: str, form: str, language: Language, target: IO[bytes]
    ) -> int:
        cursor: str | None = None
        file: TableFile | None = None
        rows = 0
        while True:
            asked = with_parameters(request, limit=_PAGE, cursor=cursor) if cursor else request
            sent = await self._asked(job, asked, language)
            if file is None:
                csv = form == "csv"
                file = CsvFile(target) if csv else XlsxFile(target, language, sent.made_at)
            document = document_of(sent)
            table = await asyncio.to_thread(
                answer_table, document, sent.sheet, self._labels, language
            )
            try:
                await asyncio.to_thread(file.add, table)
            except SheetFullError as error:
                raise JobFailed({"failure": "too_many_rows"}) from error
            rows += len(table.rows)
            await self._advance(job, rows, document.get("count"))
            cursor = document.get("next_cursor")
            if cursor is None:
                break
        await asyncio.to_thread(file.close)
        return rows

    async def _asked(self, job: Job, request: str, language: str) -> Sent:
        areas = None if job.areas is None else tuple(job.areas)
        caller = Caller(job.client, frozenset({"metrics:read"}), areas)
        try:
            return await self._own.ask(caller, request, language)
        except NotAnsweredError as error:
            problem = orjson.loads(error.problem.content)
            raise JobFailed({"failure": "not_answered", "problem": problem}) from error

    def _pack(
        self, name: str, sent: Sent, language: Language, files: dict[str, bytes], book: XlsxFile
    ) -> None:
        table = answer_table(document_of(sent), sent.sheet, self._labels, language)
        files[f"json/{name}.json"] = sent.body
        files[f"csv/{name}.csv"] = csv_file(table)
        book.begin(name, table)
        book.add(table)

    async def _advance(self, job: Job, done: int, total: int | None) -> None:
        async with self._database.transaction() as connection:
            await advance(connection, job, done=done, errors=0, total=total)

    async def _kept(self, job: Job, target: IO[bytes], result: dict[str, Any]) -> dict[str, Any]:
        size = target.seek(0, io.SEEK_END)
        target.seek(0)
        digest = await asyncio.to_thread(lambda: hashlib.file_digest(target, "sha256"))  # type: ignore[arg-type]
        async with self._database.transaction() as connection:
            await store_file(connection, job.id, target)  # type: ignore[arg-type]
            await advance(connection, job, done=result["rows"], errors=0, total=result["rows"])
        return {**result, "bytes": size, "sha256": digest.hexdigest()}


def _zip(target: IO[bytes], files: dict[str, bytes]) -> None:
    """The same files give the same bytes: order and times are fixed."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
