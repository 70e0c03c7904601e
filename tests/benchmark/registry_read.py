# ruff: noqa: T201
"""Reading from the real registry process against the least that a handler can do.

GET by id, and a page of 1,000, of `registry-api serve` and of `bare_reads` under uvicorn: the same
database, the same token check, the same load generator on the same machine, in alternating runs.

    python -m tests.benchmark.registry_read [--organizations 20000] [--seconds 4] [--repeat 5]
"""

import argparse
import asyncio
import random
import statistics
import sys
from collections.abc import Sequence

import asyncpg

from local_runner.processes.ports import free_port
from tests.benchmark.harness import (
    Place,
    Process,
    Ratio,
    benchmark_place,
    registry_process,
    requests_per_second,
    server_process,
)
from tests.benchmark.registry_import import timed_import, write_rows

GOAL = 0.8
CONNECTIONS = 16


async def fill(place: Place, process: Process, organizations: int) -> list[str]:
    """Import organizations through the API; their paths."""
    path = place.folder / "rows.csv"
    write_rows(path, organizations)
    await timed_import(process, place.keys.token(), path)
    connection = await asyncpg.connect(place.server.dsn("registry"))
    await connection.execute("VACUUM ANALYZE")
    found = await connection.fetch("SELECT id FROM organization")
    await connection.close()
    paths = [f"/v1/organizations/{row['id']}" for row in found]
    random.Random(1).shuffle(paths)  # noqa: S311
    return paths


async def compare(
    name: str,
    place: Place,
    servers: tuple[Process, Process],
    paths: Sequence[str],
    options: argparse.Namespace,
    connections: int,
) -> Ratio:
    """Alternate both servers, print the medians of the turns; their ratio."""
    token = place.keys.token()
    for server in servers:
        await requests_per_second(server.port, paths, token, connections, 1)
    speeds: dict[int, list[float]] = {server.pid: [] for server in servers}
    costs: dict[int, list[float]] = {server.pid: [] for server in servers}
    for _ in range(options.repeat):
        for server in servers:
            before = server.cpu_seconds()
            speed = await requests_per_second(
                server.port, paths, token, connections, options.seconds
            )
            speeds[server.pid].append(speed)
            costs[server.pid].append((server.cpu_seconds() - before) / (speed * options.seconds))
    ours, bare = (statistics.median(speeds[server.pid]) for server in servers)
    our_cost, bare_cost = (statistics.median(costs[server.pid]) * 1e6 for server in servers)
    print(
        f"{name:14} registry {ours:6,.0f}/s   bare {bare:6,.0f}/s   ratio {ours / bare:.2f} "
        f"(goal ≥ {GOAL})   processor {our_cost:,.0f} and {bare_cost:,.0f} µs a request"
    )
    return f"{name}: registry / bare handler", ours / bare, GOAL


async def measure(place: Place, options: argparse.Namespace) -> list[Ratio]:
    """Both comparisons."""
    with registry_process(place) as registry:
        paths = await fill(place, registry, options.organizations)
        port = free_port()
        environment = {
            "REGISTRY_DATABASE_URL": place.server.url("registry"),
            "REGISTRY_JWKS_FILE": str(place.keys.jwks_file),
            "REGISTRY_ISSUER": "urn:test",
        }
        command = [sys.executable, "-m", "tests.benchmark.bare_reads", str(port)]
        with server_process(place, command, port, environment, "/readyz") as bare:
            servers = registry, bare
            page = ["/v1/organizations?limit=1000"]
            return [
                await compare("GET by id", place, servers, paths, options, CONNECTIONS),
                await compare("page of 1,000", place, servers, page, options, 4),
            ]


def main() -> list[Ratio]:
    """Run and print; the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organizations", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with benchmark_place() as place:
        return asyncio.run(measure(place, options))


if __name__ == "__main__":
    main()
