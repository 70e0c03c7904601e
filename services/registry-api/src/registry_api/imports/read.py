"""How an import stands, and what is wrong with its rows."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from uuid import UUID

from registry_api.core.refusals import TooManyRows
from registry_api.imports import rows
from registry_api.imports.rows import Remark, Severity
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import InvalidCursor, InvalidRequest, NotFound, Violation, refuses
from servicekit.http import decode_cursor, encode_cursor
from servicekit.jobs import Job, read_job
from servicekit.tables import MAX_SHEET_ROWS

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Remarks:
    """A page of remarks, and where the next page starts."""

    items: list[Remark]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row as it was written (nothing for a file that could not be read) and what is wrong."""

    line: int
    cells: list[str]
    violations: list[Violation]


@dataclass(frozen=True, slots=True)
class RefusedRows:
    """The file's own header, and its refused rows in pages."""

    header: list[str]
    pages: AsyncGenerator[list[RefusedRow], None]


@dataclass(frozen=True, slots=True)
class ReadImport:
    """The use case, with what it needs. Who may see an import is the rule of `servicekit.jobs`."""

    database: Database

    @refuses(NotFound)
    async def job(self, caller: Caller, identifier: UUID) -> Job:
        """The import's job."""
        return await read_job(self.database, caller, identifier)

    @refuses(NotFound, InvalidCursor)
    async def remarks(
        self,
        caller: Caller,
        identifier: UUID,
        severity: Severity,
        cursor: str | None,
        limit: int,
    ) -> Remarks:
        """What there is to say about the rows, in the order of the file."""
        await self.job(caller, identifier)
        query = {"import": str(identifier), "severity": severity}
        after = decode_cursor(cursor, query, [int, int]) or [-1, -1]
        async with self.database.reading() as connection:
            remarks = await rows.read_remarks(
                connection, identifier, severity, (after[0], after[1]), limit
            )
        last = remarks[-1] if len(remarks) == limit else None
        following = encode_cursor((last.line, last.number), query) if last else None
        return Remarks(remarks, following)

    @refuses(NotFound, TooManyRows)
    async def refused_rows(self, caller: Caller, identifier: UUID, form: str) -> RefusedRows:
        """The rows that were refused, as they were written, for a file as `form`.

        Raises NotFound; InvalidRequest for rows of a table as NDJSON;
        TooManyRows for more than a sheet holds.
        """
        job = await self.job(caller, identifier)
        was = job.params["format"]
        if form == "ndjson" and was != form:
            rule = Violation("/format", "errors_of_a_table", form, {"format": was})
            raise InvalidRequest(rule)
        if form == "xlsx" and job.errors > MAX_SHEET_ROWS:
            raise TooManyRows(limit=MAX_SHEET_ROWS)
        async with self.database.reading() as connection:
            header_rows = await rows.read_refused_rows(connection, identifier, [rows.HEADER_LINE])
        header = header_rows.get(rows.HEADER_LINE, [])
        return RefusedRows(header, self._refused(identifier))

    async def _refused(self, identifier: UUID) -> AsyncGenerator[list[RefusedRow], None]:
        """Page by page: only one is in memory, and no connection is held in between."""
        after = (-1, -1)
        while True:
            async with self.database.reading() as connection:
                remarks = await rows.read_remarks(connection, identifier, "error", after, _PAGE)
                lines = list(dict.fromkeys(remark.line for remark in remarks))
                cells = await rows.read_refused_rows(connection, identifier, lines)
            if len(remarks) == _PAGE and len(lines) > 1:  # the last row may go on behind the page
                remarks = [remark for remark in remarks if remark.line != lines[-1]]
                lines.pop()
            if not remarks:
                return
            after = (remarks[-1].line, remarks[-1].number)
            by_line: dict[int, list[Violation]] = {line: [] for line in lines}
            for remark in remarks:
                by_line[remark.line].append(remark.violation)
            yield [RefusedRow(n, cells.get(n, []), listed) for n, listed in by_line.items()]
