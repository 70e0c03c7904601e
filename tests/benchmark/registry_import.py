# ruff: noqa: T201
"""Import of a large CSV by the real registry process against a bare COPY of the same rows.

Both go into the same durable PostgreSQL, in one run, turn by turn. The import is timed from the
first byte uploaded to the job's end: upload, validation, current rows, ledger, digest chain. The
bare COPY puts the same cells into one table with a typed column each, without any index or check;
the other COPY puts what the import left (documents, obligations, ledger) into tables like the
register's own, and is the least that any import into them costs.

    python -m tests.benchmark.registry_import [--rows 100000] [--repeat 3]
"""

import argparse
import asyncio
import io
import statistics
import time
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from demo_city import country, csv_form
from tests.benchmark.harness import Place, Process, Ratio, benchmark_place, registry_process

GOAL = 0.25


def write_rows(path: Path, rows: int) -> None:
    """The first `rows` organizations of the demo country as CSV."""
    with path.open("w", encoding="utf-8", newline="") as text:
        csv_form.write(country(rows), text)


def _type(name: str) -> str:
    if name.endswith(("_on", ".on", "_until")):
        return "date"
    return {int: "integer", bool: "boolean"}.get(csv_form.COLUMNS[name], "text")


async def timed_copy(dsn: str, path: Path) -> float:
    """Seconds for a COPY of the file into an empty typed table."""
    connection = await asyncpg.connect(dsn)
    columns = ", ".join(f'"{name}" {_type(name)}' for name in csv_form.COLUMNS)
    await connection.execute(f"DROP TABLE IF EXISTS bare; CREATE TABLE bare ({columns})")
    started = time.perf_counter()
    await connection.copy_to_table("bare", source=path, format="csv", header=True)
    spent = time.perf_counter() - started
    await connection.execute("DROP TABLE bare")
    await connection.close()
    return spent


async def timed_import(process: Process, token: str, path: Path) -> tuple[float, dict[str, Any]]:
    """Seconds from the first byte to the job's end, and the job."""
    headers = {"authorization": f"Bearer {token}", "content-type": "text/csv"}
    async with httpx.AsyncClient(
        base_url=process.url, headers=headers, timeout=120, trust_env=False
    ) as client:
        content = await asyncio.to_thread(path.read_bytes)
        started = time.perf_counter()
        answer = await client.post(
            "/v1/imports", params={"effective_on": "2015-12-31"}, content=content
        )
        answer.raise_for_status()
        uploaded = time.perf_counter() - started
        while (job := (await client.get(answer.headers["location"])).json())["state"] in {
            "queued",
            "running",
        }:
            await asyncio.sleep(0.05)
        job["uploaded"] = uploaded
        return time.perf_counter() - started, job


async def timed_table_copy(dsn: str) -> float:
    """Seconds for a COPY of what the import has left: the register's own rows, every index kept."""
    connection = await asyncpg.connect(dsn)
    spent = 0.0
    for table in ("organization", "obligation", "ledger"):
        held = io.BytesIO()
        await connection.copy_from_table(table, output=held, format="binary")
        held.seek(0)
        await connection.execute(f"CREATE TABLE kept (LIKE {table} INCLUDING ALL)")
        started = time.perf_counter()
        await connection.copy_to_table("kept", source=held, format="binary")
        spent += time.perf_counter() - started
        await connection.execute("DROP TABLE kept")
    await connection.close()
    return spent


async def measure(place: Place, rows: int, repeat: int) -> list[Ratio]:
    """Alternate COPY and import, print each turn; the ratios of the medians."""
    path = place.folder / "rows.csv"
    write_rows(path, rows)
    print(f"{rows:,} rows, {path.stat().st_size / 1e6:.1f} MB of CSV, fsync on")
    token = place.keys.token()
    copies, tables, imports = [], [], []
    for turn in range(repeat):
        database = f"registry_{turn}"
        with registry_process(place, database) as process:
            idle = process.megabytes()
            copies.append(await timed_copy(place.server.dsn(database), path))
            spent, job = await timed_import(process, token, path)
            imports.append(spent)
            assert job["result"]["created"] == rows, job
            tables.append(await timed_table_copy(place.server.dsn(database)))
            again, job_again = await timed_import(process, token, path)
            assert job_again["result"]["unchanged"] == rows, job_again
            print(
                f"  bare COPY {rows / copies[-1]:9,.0f} rows/s   COPY into the register's tables "
                f"{rows / tables[-1]:8,.0f}   import {rows / spent:8,.0f} (upload "
                f"{job['uploaded']:.2f} s)   same file again {rows / again:8,.0f}   "
                f"memory {idle:.0f} → {process.peak_megabytes():.0f} MB"
            )
    ours = statistics.median(imports)
    ratios = [
        ("import / bare COPY", statistics.median(copies) / ours, GOAL),
        ("import / COPY into the register's tables", statistics.median(tables) / ours, GOAL),
    ]
    for name, ratio, goal in ratios:
        print(f"{name} = {ratio:.3f} (goal ≥ {goal})")
    return ratios


def main() -> list[Ratio]:
    """Run and print; the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with benchmark_place() as place:
        return asyncio.run(measure(place, options.rows, options.repeat))


if __name__ == "__main__":
    main()
