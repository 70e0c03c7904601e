"""Export of obligations: the whole work list as a file, stamped with the ledger's position."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, ClassVar

import orjson

from registry_api.core.code_lists import code_lists
from registry_api.core.organization.columns import Language
from registry_api.core.refusals import TooManyRows
from registry_api.exports.export import Export
from registry_api.supervision.find import FindSupervised
from registry_api.work_lists import rows
from registry_api.work_lists.find_obligations import (
    FindObligations,
    ObligationQuestion,
    obligation_document,
)
from registry_api.work_lists.rows import OwedObligation
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.ledger import Ledger
from servicekit.tables import MAX_SHEET_ROWS, Column, TableForm, table_file, table_form

Document = Mapping[str, Any]
"""What is owed and by whom: `obligation_document`."""

_SHEET = {"zh": "待办义务", "en": "obligations"}
_COLUMNS = {
    "organization_id": "社会组织编号",
    "name": "名称",
    "credit_code": "统一社会信用代码",
    "filing_number": "备案编号",
    "organization_kind": "社会组织类型",
    "institution_type": "机构类别",
    "area": "所在区划",
    "full_members": "正式党员数",
    "probationary_members": "预备党员数",
    "kind": "待办义务",
    "since": "起算日期",
    "due_on": "期限",
    "overdue": "是否逾期",
    "clause": "条文",
    "source": "出处",
    "basis": "依据类别",
    "discharge": "履行方式",
}
"""By name in `obligation_document`, the header in Chinese."""
_COUNTS = {"full_members", "probationary_members"}
_CODED = {
    "organization_kind": "organization_kind",
    "institution_type": "institution_type",
    "kind": "obligation_kind",
}


@dataclass(frozen=True, slots=True)
class ExportObligations:
    """The use case, with what it needs."""

    refusals: ClassVar = (
        TooManyRows,
        FindSupervised,
    )

    database: Database
    ledger: Ledger
    find: FindObligations

    @asynccontextmanager
    async def __call__(
        self, caller: Caller, question: ObligationQuestion, form: str, language: Language
    ) -> AsyncIterator[Export]:
        """Open an export as "ndjson", "csv" or "xlsx"; position and rows are of one snapshot.

        Raises TooManyRows, and as `FindObligations.settle` does.
        """
        settled = await self.find.settle(caller, question)
        async with self.database.snapshot() as connection:
            head = await self.ledger.head(connection)
            if form == "xlsx" and await rows.count(connection, settled) > MAX_SHEET_ROWS:
                raise TooManyRows(limit=MAX_SHEET_ROWS)
            pages = _documents(rows.stream(connection, settled), settled.day, language)
            async with aclosing(table_file(form, pages, _form(language))) as content:
                yield Export(head, content)


async def _documents(
    pages: AsyncIterator[Sequence[OwedObligation]], day: date, language: Language
) -> AsyncIterator[Sequence[Document]]:
    async for page in pages:
        yield [obligation_document(owing, day, language) for owing in page]


def _form(language: Language) -> TableForm[Document]:
    return table_form(
        [
            Column(name, partial(_value, name, language), zh, count=name in _COUNTS)
            for name, zh in _COLUMNS.items()
        ],
        sheet=_SHEET[language],
        language=language,
        line=lambda document: orjson.dumps(document, default=str).decode(),
    )


def _value(name: str, language: Language, document: Document) -> object:
    """A code by its label in Chinese tables, everything else as it is."""
    value = document[name]
    if name in _CODED and language == "zh" and value is not None:
        return code_lists()[_CODED[name]].values[value].zh
    return value
