"""The directory as a table: what is written is read back as it was."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jurisdiction_router.core.directory.change import AreaEntry
from jurisdiction_router.core.directory.directory import (
    BODY_KINDS,
    Area,
    Body,
    FormerName,
    OtherCode,
    ParentEdge,
    Succession,
)
from jurisdiction_router.core.directory.documents import (
    area_document,
    area_from,
    body_document,
    body_from,
)
from jurisdiction_router.core.rules.facts import SYSTEMS
from jurisdiction_router.core.rules.vocabulary import Vocabulary
from jurisdiction_router.directory.requests import area_entry, body_entry
from jurisdiction_router.directory.schemas import AreaIn, BodyIn
from jurisdiction_router.directory_imports.table import COLUMNS, read_table, table_rows
from servicekit.tables import csv_lines

TODAY = date(2018, 6, 14)
names = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"],
                  include_characters=";；\\ =-'"),
    min_size=1, max_size=12,
).map(str.strip).filter(bool)  # fmt: skip
codes = st.from_regex(r"[0-9]{9}", fullmatch=True)
days = st.dates(date(1949, 10, 1), date(2100, 1, 1))


@st.composite
def periods(draw: st.DrawFn) -> tuple[date, date | None]:
    start = draw(days)
    return start, draw(st.none() | st.just(start + timedelta(days=draw(st.integers(1, 9000)))))


former_names = st.lists(st.builds(FormerName, names, days), max_size=3).map(tuple)


@st.composite
def areas(draw: st.DrawFn) -> AreaEntry:
    code, (start, end) = draw(codes), draw(periods())
    edges = draw(st.lists(st.tuples(codes, periods()), max_size=3))
    heirs = draw(st.lists(st.tuples(codes, days), max_size=3))
    system = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
    others = draw(st.lists(st.tuples(system, names, periods()), max_size=2))
    other_codes = tuple(OtherCode(s, c, *period) for s, c, period in others)
    area = Area(code, draw(names), "street", start, end, draw(former_names), other_codes)
    return AreaEntry(
        area,
        tuple(sorted((ParentEdge(code, p, *period) for p, period in edges),
                     key=lambda edge: edge.valid_from)),
        tuple(sorted((Succession(code, heir, on) for heir, on in heirs),
                     key=lambda s: (s.valid_from, s.successor))),
    )  # fmt: skip


@st.composite
def bodies(draw: st.DrawFn) -> Body:
    start, end = draw(periods())
    identifier = st.from_regex(r"[0-9A-Za-z][0-9A-Za-z_.:-]{0,9}", fullmatch=True)
    return Body(
        draw(identifier), draw(st.sampled_from(sorted(BODY_KINDS))), draw(names), draw(codes),
        draw(st.none() | st.sampled_from(sorted(SYSTEMS))), start, end,
        draw(st.none() | identifier), draw(former_names),
    )  # fmt: skip


things = st.lists(areas() | bodies(), max_size=5)


@given(things)
def test_documents_are_read_back(held: list[AreaEntry | Body]) -> None:
    for thing in held:
        if isinstance(thing, Body):
            assert body_from(body_document(thing)) == thing
        else:
            assert area_from(area_document(thing, TODAY)) == thing


@given(things, st.sampled_from(["zh", "en"]), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
       st.randoms())  # fmt: skip
def test_a_table_is_read_back_in_any_encoding_and_order_of_columns(
    vocabulary: Vocabulary, held: list[AreaEntry | Body], language: str, encoding: str, random: Any
) -> None:
    items = [
        ("body", body_document(t)) if isinstance(t, Body) else ("area", area_document(t, TODAY))
        for t in held
    ]
    order = list(range(len(COLUMNS)))
    random.shuffle(order)
    header = [column.header.say(language) for column in COLUMNS]
    rows = [header, *table_rows(items, vocabulary, language)]
    content = csv_lines([[row[n] for n in order] for row in rows]).decode().encode(encoding)
    read = read_table(content, vocabulary)
    assert [
        area_entry(AreaIn.model_validate(row.fields)) if row.what == "area"
        else body_entry(BodyIn.model_validate(row.fields))
        for row in read
    ] == held  # fmt: skip
