"""The whole platform on one machine: a database server, three services, two followers.

    async with Platform(data_dir, Ports.free(), durable=False) as platform:
        ...  # platform.url(REGISTRY), platform.issuer.token(), platform.supervisor

Start order: database server, databases, migrations, services, followers; stop order: the reverse.
Use it from the main thread, whose end is what ends the children.
"""

import asyncio
import contextlib
import json
import os
import time
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

import httpx

from local_runner.errors import DiskFullError, PortInUseError, ProcessFailedError, says_disk_full
from local_runner.keys.issuer import Issuer
from local_runner.keys.key_ring import kept_key_ring
from local_runner.postgres.server import PostgresServer
from local_runner.processes.child import wait_until
from local_runner.processes.ports import LOOPBACK, is_free
from local_runner.processes.supervisor import ProcessRecord, ServiceProcess, Supervisor
from local_runner.services import (
    FOLLOWERS,
    GRACE_SECONDS,
    SERVICES,
    Ports,
    Service,
    environment,
    program,
    schema_digest,
)
from local_runner.storage.data_dir import DataDir, read_json, write_atomically

READY_TIMEOUT = 60.0
MIGRATE_TIMEOUT = 120.0
PORT_TIMEOUT = 2.0  # a process that is draining may hold its port for a moment
FAILURES_TO_GIVE_UP = 3  # deaths of one process before it was ever ready
TOKEN_TTL = 3600
TOKEN_REFRESH = TOKEN_TTL / 2
POLL_INTERVAL = 0.05

DATABASE_TIER, SERVICE_TIER, FOLLOWER_TIER = range(3)
PROCESSES = ((SERVICE_TIER, "serve", SERVICES), (FOLLOWER_TIER, "follow", FOLLOWERS))


class DatabaseChild:
    """The database server in the supervisor's terms."""

    name = "PostgreSQL"

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    def start(self) -> None:
        """Start the server as a child of the main thread.

        Blocks the event loop, as a rule for a second at most.
        """
        self._server.start()

    def is_running(self) -> bool:
        """Whether the server lives."""
        return self._server.is_running()

    def ask_to_stop(self) -> None:
        """Roll back what is open and write a checkpoint."""
        self._server.ask_to_stop()

    def finish(self) -> None:
        """Kill it if it still lives, and let the data folder go."""
        self._server.stop("immediate")


class Platform:
    """Everything between `start` and `stop`.

    Args:
        root: DATA_DIR.
        ports: of the three APIs.
        durable: False trades the safety of the data for speed, for tests.
        say: told in one sentence what a user should know: a restart, a leftover of a killed run.
    """

    def __init__(
        self,
        root: Path,
        ports: Ports | None = None,
        *,
        durable: bool = True,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.data_dir = DataDir(root)
        self.ports = ports or Ports()
        self.postgres = PostgresServer(self.data_dir.postgres, durable=durable)
        self.supervisor = Supervisor(say, grace=GRACE_SECONDS + 2)
        self.processes: dict[str, ServiceProcess] = {}
        self._say = say
        self._issuer: Issuer | None = None
        self._background: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def issuer(self) -> Issuer:
        """Who signs the tokens of this platform; there from the start on."""
        if self._issuer is None:
            self._issuer = Issuer(self.data_dir.keys)
        return self._issuer

    def url(self, service: Service) -> str:
        """The base address of a service's API."""
        return self.ports.url(service)

    async def start(self) -> None:
        """Bring everything up; returns when all are ready. On failure nothing is left running.

        Raises:
            RunnerError: one sentence that says what is in the way.
        """
        self.data_dir.open()
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        programs = {service: program(service) for service in SERVICES}
        record = ProcessRecord(self.data_dir.processes)
        for name in record.end_leftovers():
            self._say(f"Stopped {name}, left over from a run that was killed.")
        self._require_ports()
        self._write_service_tokens()
        self.supervisor.start(DatabaseChild(self.postgres), DATABASE_TIER)
        new = {it for it in SERVICES if self.postgres.ensure_database(it.database)}
        environments = {service: self._environment(service) for service in SERVICES}
        await self._migrate_all(new, programs, environments)
        for tier, task, services in PROCESSES:
            for service in services:
                name = process_name(service, task)
                command: list[str | Path] = [programs[service], task]
                log = self.data_dir.log(name)
                child = ServiceProcess(name, command, environments[service], log, record)
                self.processes[name] = child
                self.supervisor.start(child, tier)
        self._background = [
            asyncio.create_task(self.supervisor.watch()),
            asyncio.create_task(self._refresh_service_tokens()),
        ]
        await self._wait_ready()
        running = {"pid": os.getpid(), "ready": self.ready_urls()}
        write_atomically(self.data_dir.running, json.dumps(running))

    async def stop(self) -> None:
        """Stop everything in order and let the data folder go; harmless if nothing runs."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        self._background = []
        await self.supervisor.stop()
        self.postgres.stop()
        self.data_dir.running.unlink(missing_ok=True)
        self.data_dir.lock.release()

    def ready_urls(self) -> dict[str, str]:
        """Process name → address that answers 200 when it is ready."""
        ports = {process_name(each, "serve"): self.ports.serve(each) for each in SERVICES}
        ports |= {process_name(each, "follow"): self.ports.follow(each) for each in FOLLOWERS}
        return {name: f"http://{LOOPBACK}:{port}/readyz" for name, port in ports.items()}

    def _environment(self, service: Service) -> dict[str, str]:
        return environment(
            service,
            self.ports,
            database_url=self.postgres.url(service.database),
            jwks_file=self.issuer.jwks_file,
            token_file=self._token_file(service),
            key_ring_file=kept_key_ring(self.data_dir.keys / "key_ring.json", "aes-256-gcm"),
        )

    def _require_ports(self) -> None:
        for service in SERVICES:
            port = self.ports.serve(service)
            if not wait_until(partial(is_free, port), PORT_TIMEOUT):
                raise PortInUseError(port, service.program, service.port_variable)

    async def _migrate_all(
        self,
        new: Collection[Service],
        programs: Mapping[Service, Path],
        environments: Mapping[Service, dict[str, str]],
    ) -> None:
        """Migrate the databases that are new or were left by other migrations than today's.

        The others are left out because a process that finds nothing to do costs seconds too. If
        we err, the service notices: none serves on a schema that is not its own.
        """
        record = self.data_dir.migrated
        known = read_json(record) or {}
        wanted = {service.database: schema_digest(service) for service in SERVICES}
        stale = [
            it for it in SERVICES if it in new or known.get(it.database) != wanted[it.database]
        ]
        await asyncio.gather(*(self._migrate(it, programs[it], environments[it]) for it in stale))
        if stale:
            write_atomically(record, json.dumps(wanted))

    async def _migrate(self, service: Service, path: Path, env: dict[str, str]) -> None:
        log = self.data_dir.log(f"{service.program}-migrate")
        job = ServiceProcess(f"{service.program} migrate", [path, "migrate"], env, log)
        job.start()
        deadline = time.monotonic() + MIGRATE_TIMEOUT
        try:
            while job.is_running():
                if time.monotonic() > deadline:
                    self._raise_death(job, f"did not end within {MIGRATE_TIMEOUT:.0f} s")
                await asyncio.sleep(POLL_INTERVAL)
        finally:
            job.finish()
        if job.exit_code != 0:
            self._raise_death(job, "failed")

    async def _wait_ready(self) -> None:
        """Until every process says it is ready.

        A process that keeps dying before that will not get better by itself: say so at once.
        """
        deadline = time.monotonic() + READY_TIMEOUT
        async with httpx.AsyncClient(trust_env=False, timeout=5.0) as client:
            for name, url in self.ready_urls().items():
                process = self.processes[name]
                while not await _is_ready(client, url):
                    if self.supervisor.failures(process) >= FAILURES_TO_GIVE_UP:
                        self._raise_death(process, "keeps ending while it starts")
                    if time.monotonic() > deadline:
                        self._raise_death(process, f"was not ready after {READY_TIMEOUT:.0f} s")
                    await asyncio.sleep(POLL_INTERVAL)

    def _raise_death(self, process: ServiceProcess, what: str) -> NoReturn:
        words = process.last_words()
        if says_disk_full(words):
            raise DiskFullError(self.data_dir.root)
        raise ProcessFailedError(process.name, what, process.log_path, words)

    def _token_file(self, service: Service) -> Path:
        return self.data_dir.tokens / service.program

    def _write_service_tokens(self) -> None:
        for service in FOLLOWERS:
            token = self.issuer.token(service.scopes, client=service.program, ttl=TOKEN_TTL)
            write_atomically(self._token_file(service), token, mode=0o600)

    async def _refresh_service_tokens(self) -> None:
        """New tokens well before the old ones expire; a full disk now may have room later."""
        while True:
            await asyncio.sleep(TOKEN_REFRESH)
            with contextlib.suppress(OSError):
                self._write_service_tokens()


def process_name(service: Service, task: str) -> str:
    """How a process is called in messages, in `Platform.processes` and among the logs."""
    return service.program if task == "serve" else f"{service.program}-{task}"


async def _is_ready(client: httpx.AsyncClient, url: str) -> bool:
    try:
        answer = await client.get(url)
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK
