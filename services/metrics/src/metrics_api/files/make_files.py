"""The work of jobs that make files of answers: long lists, and packs for a period."""

import asyncio
import hashlib
import io
import tempfile
import zipfile
from typing import IO, Any

import orjson

from metrics_api.answers.answer import SealedAnswer
from metrics_api.answers.ask import AskAnswers, NotAnsweredError, with_parameters
from metrics_api.answers.respond import MEDIA_TYPES
from metrics_api.answers.table_files import CsvFile, SheetFullError, TableFile, XlsxFile, csv_file
from metrics_api.answers.tables import Language
from metrics_api.definitions.labels import Labels
from metrics_api.files.rows import store_file
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.jobs import Job, JobFailed, advance

EXPORT = "export"
REPORT_PACK = "report_pack"
ZIP_MEDIA_TYPE = "application/zip"

_PAGE = 1000
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class MakeFiles:
    """Handlers by kind of job; each starts from the beginning when it is taken up again."""

    def __init__(self, ask: AskAnswers, database: Database, labels: Labels) -> None:
        self._ask = ask
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
            return await self._stored(job, target, result)

    async def report_pack(self, job: Job) -> dict[str, Any]:
        """Each answer as JSON and CSV, all as one workbook, and the receipt of the pack."""
        language: Language = job.params["language"]
        files: dict[str, bytes] = {}
        receipts = []
        workbook = io.BytesIO()
        book: XlsxFile | None = None
        answers: list[dict[str, str]] = job.params["answers"]
        for done, answer in enumerate(answers, start=1):
            sealed = await self._answer(job, answer["request"], language)
            book = book or XlsxFile(workbook, language, sealed.recorded_at)
            await asyncio.to_thread(self._pack, answer["name"], sealed, language, files, book)
            receipts.append({"name": answer["name"], **sealed.document()["receipt"]})
            await self._advance(job, done, len(answers))
        assert book is not None
        await asyncio.to_thread(book.close)
        files["report.xlsx"] = workbook.getvalue()
        receipt = {
            **job.params["pack"],
            "answers": receipts,
            "files": {n: hashlib.sha256(files[n]).hexdigest() for n in sorted(files)},
        }
        files["receipt.json"] = orjson.dumps(receipt, option=orjson.OPT_INDENT_2)
        with tempfile.TemporaryFile() as target:
            await asyncio.to_thread(_zip, target, files)
            result = {"name": "report-pack.zip", "media_type": ZIP_MEDIA_TYPE, "rows": len(answers)}
            return await self._stored(job, target, result)

    async def _pages(
        self, job: Job, request: str, form: str, language: Language, target: IO[bytes]
    ) -> int:
        cursor: str | None = None
        file: TableFile | None = None
        rows = 0
        while True:
            page = with_parameters(request, limit=_PAGE, cursor=cursor) if cursor else request
            sealed = await self._answer(job, page, language)
            if file is None:
                csv = form == "csv"
                file = CsvFile(target) if csv else XlsxFile(target, language, sealed.recorded_at)
            document = sealed.document()
            table = await asyncio.to_thread(sealed.table, self._labels, language)
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

    async def _answer(self, job: Job, request: str, language: str) -> SealedAnswer:
        areas = None if job.areas is None else tuple(job.areas)
        caller = Caller(job.client, frozenset({"metrics:read"}), areas)
        try:
            return await self._ask(caller, request, language)
        except NotAnsweredError as error:
            problem = orjson.loads(error.problem.body)
            raise JobFailed({"failure": "not_answered", "problem": problem}) from error

    def _pack(
        self,
        name: str,
        sealed: SealedAnswer,
        language: Language,
        files: dict[str, bytes],
        book: XlsxFile,
    ) -> None:
        table = sealed.table(self._labels, language)
        files[f"json/{name}.json"] = sealed.body
        files[f"csv/{name}.csv"] = csv_file(table)
        book.begin(name, table)
        book.add(table)

    async def _advance(self, job: Job, done: int, total: int | None) -> None:
        async with self._database.transaction() as connection:
            await advance(connection, job, done=done, errors=0, total=total)

    async def _stored(self, job: Job, target: IO[bytes], result: dict[str, Any]) -> dict[str, Any]:
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
