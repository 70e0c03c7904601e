"""What the registry's benchmarks share: real processes on a durable PostgreSQL, and a generator.

The load generator speaks just enough HTTP/1.1 over plain asyncio streams to ask again and again on
kept-alive connections: on a machine whose cores it shares with what it measures, an ordinary client
would be most of what one measures.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import httpx

from local_runner.postgres.server import PostgresServer
from local_runner.processes.child import spawn
from local_runner.processes.ports import free_port
from servicekit.testing import AUDIENCE, ISSUER, TestKeys

START_SECONDS = 30.0

Ratio = tuple[str, float, float]
"""What is compared, the ratio, and the goal that it should at least reach."""


@dataclass(frozen=True)
class Place:
    """Where a benchmark runs: a folder, a durable PostgreSQL, keys that services trust."""

    folder: Path
    server: PostgresServer
    keys: TestKeys


@dataclass(frozen=True)
class Process:
    """A server process under measurement."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}"

    def peak_megabytes(self) -> float:
        """The most memory it ever held (Linux: VmHWM)."""
        return self._status("VmHWM") / 1024

    def megabytes(self) -> float:
        """The memory it holds now (Linux: VmRSS)."""
        return self._status("VmRSS") / 1024

    def _status(self, field: str) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        line = next(line for line in status.splitlines() if line.startswith(field))
        return int(line.split()[1])

    def cpu_seconds(self) -> float:
        """The processor time it has used (Linux): what others on the machine do hardly shows."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def benchmark_place() -> Iterator[Place]:
    """A place of one's own, gone afterwards; fsync on, as in operation."""
    folder = Path(tempfile.mkdtemp(prefix="benchmark-"))
    folder.chmod(0o755)
    server = PostgresServer(folder / "postgres", durable=True)
    try:
        with server:
            yield Place(folder, server, TestKeys(folder))
    finally:
        server.wipe()
        for left in sorted(folder.rglob("*"), reverse=True):
            left.unlink() if left.is_file() else left.rmdir()
        folder.rmdir()


@contextlib.contextmanager
def registry_process(place: Place, database: str = "registry") -> Iterator[Process]:
    """`registry-api serve` on a free port with a migrated database of its own."""
    place.server.ensure_database(database)
    port = free_port()
    environment = {
        "REGISTRY_DATABASE_URL": place.server.url(database),
        "REGISTRY_PORT": str(port),
        "REGISTRY_JWKS_FILE": str(place.keys.jwks_file),
        "REGISTRY_ISSUER": ISSUER,
        "REGISTRY_AUDIENCE": AUDIENCE,
    }
    program = Path(sys.executable).parent / "registry-api"
    subprocess.run(
        [program, "migrate"], env=os.environ | environment, check=True, capture_output=True
    )
    with server_process(place, [program, "serve"], port, environment, "/readyz") as process:
        yield process


@contextlib.contextmanager
def server_process(
    place: Place,
    command: Sequence[str | Path],
    port: int,
    environment: Mapping[str, str],
    ready_path: str,
) -> Iterator[Process]:
    """A server process that answers `ready_path`; stopped at the end, its log beside the data."""
    with (place.folder / f"{port}.log").open("ab") as log:
        child = spawn(command, log=log, env=os.environ | dict(environment))
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(f"http://127.0.0.1:{port}{ready_path}"):
            if child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((place.folder / f"{port}.log").read_text("utf-8")[-2000:])
            time.sleep(0.05)
        yield Process(child.pid, port)
    finally:
        child.terminate()
        child.wait(20)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


async def requests_per_second(
    port: int, paths: Sequence[str], token: str, connections: int, seconds: float
) -> float:
    """How many GETs a server answers with 200 per second, each connection asking in a loop."""
    deadline = time.perf_counter() + seconds
    share = max(1, len(paths) // connections)
    tasks = [
        _ask(port, paths[n * share % len(paths) :] or paths, token, deadline)
        for n in range(connections)
    ]
    started = time.perf_counter()
    answered = sum(await asyncio.gather(*tasks))
    return answered / (time.perf_counter() - started)


async def _ask(port: int, paths: Sequence[str], token: str, deadline: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    tail = f" HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n\r\n"
    answered = 0
    for path in cycle(paths):
        writer.write(f"GET {path}{tail}".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        await reader.readexactly(_length(head))
        answered += 1
        if time.perf_counter() > deadline:
            break
    writer.close()
    return answered


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise RuntimeError("the answer has no content-length")
