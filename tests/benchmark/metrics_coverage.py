# ruff: noqa: T201
"""Coverage at the size of the country: the counting engine against a plain GROUP BY, in one run.

865,000 organizations on 41,352 streets, the same rows in PostgreSQL and in the columnar copy; each
query is timed in both, the answers are compared, and the ratio is printed.

    python -m tests.benchmark.metrics_coverage [--rows 865000] [--repeat 9]
"""

import argparse
import asyncio
import io
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date

import asyncpg
import polars as pl

from local_runner.postgres.server import temporary_server
from metrics_api.core.areas.areas import AreaDirectory, AreaVersion
from metrics_api.core.facts.columns import COUNTED_COLUMNS
from metrics_api.counting.copy.area_rollup import AreaRollup
from metrics_api.counting.copy.columns import ROW_TYPES
from metrics_api.counting.copy.fact_copy import FactCopy, no_rows
from metrics_api.counting.coverage_count import CoverageQuery, count_coverage
from metrics_api.definitions.load import load_definitions
from metrics_api.tables import OPEN_END

STREETS = 41_352
TODAY = date(2016, 6, 30)
PAST = date(2010, 6, 30)
QUERIES: tuple[tuple[str, ...], ...] = (
    ("kind",),
    ("district",),
    ("province", "kind"),
    ("district", "grade"),
    ("street",),
    ("province", "kind", "category"),
    ("city", "kind", "body_kind", "grade"),
)
SQL_DAY = "valid_from <= $1 AND valid_until > $1 AND status = 'active'"
SQL_HIT = "count(*) FILTER (WHERE party_mode IN ('solo', 'joint'))"


def street_code(index: int) -> str:
    """The `index`-th of 41,352 made-up streets: 31 provinces, about 2,800 districts."""
    district, street = divmod(index, 15)
    city, place = divmod(district, 8)
    province, number = divmod(city, 12)
    return f"{11 + province:02d}{number + 1:02d}{place + 1:02d}{street + 1:03d}"


def directory(codes: list[str]) -> AreaDirectory:
    """Areas for `codes` and everything above them, open since 1949."""
    levels = {"province": (2, "0000"), "city": (4, "00"), "district": (6, ""), "street": (9, "")}
    areas: dict[str, AreaVersion] = {}
    for code in codes:
        parent: str | None = None
        for level, (digits, padding) in levels.items():
            own = code[:digits] + padding
            areas.setdefault(own, AreaVersion(own, level, parent, own, date(1949, 10, 1), OPEN_END))
            parent = own
    return AreaDirectory(areas.values())


def country(rows: int) -> pl.DataFrame:
    """A believable register, the same at every run: one open row per organization."""
    columns: dict[str, pl.Series] = {
        "row_id": pl.Series(range(1, rows + 1), dtype=pl.Int64),
        "organization_high": pl.Series([0], dtype=pl.Int64).new_from_index(0, rows),
        "organization_low": pl.Series(range(1, rows + 1), dtype=pl.Int64),
        "valid_from": _drawn([date(1990 + i // 12, i % 12 + 1, 1) for i in range(300)], rows, 1),
        "valid_until": pl.Series([OPEN_END], dtype=pl.Date).new_from_index(0, rows),
        "edition_from": pl.Series([1], dtype=pl.UInt32).new_from_index(0, rows),
        "edition_until": pl.Series([None], dtype=pl.UInt32).new_from_index(0, rows),
        "area": _drawn([street_code(i) for i in range(STREETS)], rows, 2),
        "supervising_body": _drawn([f"{street_code(i)}-swc" for i in range(STREETS)], rows, 3),
    }
    open_sets: dict[str, list[str]] = {
        "rule_set": ["2016"],
        "rule": [f"rule-{i}" for i in range(25)],
        "basis": ["S"],
    }
    for seed, column in enumerate(COUNTED_COLUMNS, start=10):
        if column.name in columns:
            continue
        values: Sequence[object] = [*column.codes] if column.codes else [True, False, False]
        if column.type == "text":
            values = open_sets[column.name]
        elif column.type == "integer":
            values = [0, 0, 1, 2, 3, 5, 8]
        elif column.name in ("grade", "party_mode", "party_form"):
            values = [*column.codes, *[None] * 6]
        elif column.name == "status":
            values = ["active"] * 19 + ["deregistered"]
        columns[column.name] = _drawn(values, rows, seed)
    return pl.DataFrame(columns).select(
        pl.col(name).cast(dtype) for name, dtype in ROW_TYPES.items()
    )


def _drawn(values: Sequence[object], rows: int, seed: int) -> pl.Series:
    return pl.Series(values).sample(rows, with_replacement=True, seed=seed)


async def fill(connection: asyncpg.Connection, frame: pl.DataFrame) -> None:
    """The same rows as a table of plain text codes, vacuumed and analysed."""
    kinds = {"integer": "integer", "boolean": "boolean"}
    facts = ", ".join(f"{c.name} {kinds.get(c.type, 'text')}" for c in COUNTED_COLUMNS)
    await connection.execute(
        "CREATE TABLE fact (row_id bigint, organization_high bigint, organization_low bigint,"
        " valid_from date, valid_until date, edition_from bigint,"
        f" edition_until bigint, {facts});"
        "CREATE TABLE area (code text PRIMARY KEY, province text, city text, district text,"
        " street text)"
    )
    csv = io.BytesIO(frame.write_csv(include_header=False).encode())
    await connection.copy_to_table("fact", source=csv, format="csv")
    codes = [street_code(i) for i in range(STREETS)]
    paths = [(c, f"{c[:2]}0000", f"{c[:4]}00", c[:6], c) for c in codes]
    await connection.copy_records_to_table("area", records=paths)
    await connection.execute("VACUUM ANALYZE fact")
    await connection.execute("VACUUM ANALYZE area")


def sql(keys: tuple[str, ...]) -> str:
    """A plain GROUP BY; area levels come from a join with the areas."""
    join = (
        " JOIN area ON area.code = fact.area" if {"province", "city", "district"} & {*keys} else ""
    )
    names = ", ".join("fact.area" if key == "street" else key for key in keys)
    return f"SELECT {names}, {SQL_HIT}, count(*) FROM fact{join} WHERE {SQL_DAY} GROUP BY {names}"  # noqa: S608


def median_ms(action: Callable[[], object], repeat: int) -> float:
    """The median time of `action` in milliseconds, after one run that does not count."""
    action()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


async def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=865_000)
    parser.add_argument("--repeat", type=int, default=9)
    options = parser.parse_args()
    frame = country(options.rows)
    copy = FactCopy.loaded(1, frame, no_rows())
    rollup = AreaRollup(
        directory([street_code(i) for i in range(STREETS)]).on(TODAY), copy.area_count
    )
    indicator = load_definitions().indicators["organizational_coverage"].on(TODAY, {})
    size = copy.size_in_bytes / copy.rows
    print(f"{copy.rows:,} rows, {STREETS:,} streets; {size:.0f} bytes a row in memory")
    print(
        f"{'group by':38}{'day':12}{'GROUP BY ms':>12}{'counting ms':>12}{'ratio':>8}{'groups':>9}"
    )
    with temporary_server() as server:
        connection = await asyncpg.connect(server.dsn("postgres"))
        await fill(connection, frame)
        for keys in QUERIES:
            for day in (TODAY, PAST):
                query = CoverageQuery(indicator, day, 1, keys)
                ours = count_coverage(copy, rollup, query, 1_000_000)
                theirs = await connection.fetch(sql(keys), day)
                plain = []
                for _ in range(max(3, options.repeat // 3)):
                    start = time.perf_counter()
                    await connection.fetch(sql(keys), day)
                    plain.append((time.perf_counter() - start) * 1000)
                assert sum(row[-1] for row in theirs) == ours.total.denominator
                assert len(theirs) == ours.groups.height
                fast = median_ms(
                    lambda query=query: count_coverage(copy, rollup, query, 1_000_000),  # type: ignore[misc]
                    options.repeat,
                )
                slow = statistics.median(plain)
                print(
                    f"{' × '.join(keys):38}{day.isoformat():12}{slow:12.1f}{fast:12.2f}"
                    f"{slow / fast:7.0f}×{ours.groups.height:9,}"
                )
        await connection.close()


if __name__ == "__main__":
    asyncio.run(main())
