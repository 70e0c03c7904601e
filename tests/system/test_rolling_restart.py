"""Each service is restarted instance by instance under load, and no request fails."""

import asyncio
import contextlib
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from local_runner.platform import Platform
from local_runner.processes.ports import LOOPBACK, free_port
from local_runner.processes.supervisor import ServiceProcess
from local_runner.services import METRICS, REGISTRY, ROUTER, SERVICES, Service, program
from tests.system.clients import client_of, hospital, register, until

pytestmark = pytest.mark.system

DRAIN_SECONDS = 3
LOOK_SECONDS = 0.1
CLIENTS = 4
"""At a time, of each service."""


class Instance:
    """One of several `serve` of a service."""

    def __init__(self, platform: Platform, service: Service, number: int) -> None:
        port = free_port()
        env = platform._environment(service) | {
            f"{service.prefix}_PORT": str(port),
            f"{service.prefix}_DRAIN_SECONDS": str(DRAIN_SECONDS),
        }
        name = f"{service.program}-{number}"
        log = platform.data_dir.log(name)
        self.process = ServiceProcess(name, [program(service), "serve"], env, log)
        self.base = f"http://{LOOPBACK}:{port}"


class Balancer:
    """Sends each request to an instance that says it is ready; it never tries a second time."""

    def __init__(self, client: httpx.AsyncClient, instances: list[Instance]) -> None:
        self._client = client
        self._instances = instances
        self._turn = itertools.count()
        self._ready: list[Instance] = []
        self.answers: Counter[int] = Counter()

    async def is_ready(self, instance: Instance) -> bool:
        """Whether /readyz says so, now."""
        try:
            answer = await self._client.get(f"{instance.base}/readyz")
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK

    async def watch(self) -> None:
        """Look at all instances again and again."""
        while True:
            found = await asyncio.gather(*(self.is_ready(each) for each in self._instances))
            self._ready = [
                each for each, ready in zip(self._instances, found, strict=True) if ready
            ]
            await asyncio.sleep(LOOK_SECONDS)

    async def request(self, method: str, path: str, **more: Any) -> None:
        """One request; a connection that breaks fails the test."""
        instance = self._ready[next(self._turn) % len(self._ready)]
        answer = await self._client.request(method, f"{instance.base}{path}", **more)
        self.answers[answer.status_code] += 1

    async def restart_all(self) -> None:
        """One after the other: told to stop, ended well, started, ready."""
        for instance in self._instances:
            instance.process.ask_to_stop()
            await until(lambda instance=instance: _ended(instance))  # type: ignore[misc]
            assert instance.process.exit_code == 0
            instance.process.start()
            await until(lambda instance=instance: self.is_ready(instance))  # type: ignore[misc]
            await until(lambda instance=instance: self._knows(instance))  # type: ignore[misc]

    async def _knows(self, instance: Instance) -> bool:
        return instance in self._ready


async def _ended(instance: Instance) -> bool:
    return not instance.process.is_running()


@asynccontextmanager
async def balanced(
    platform: Platform, client: httpx.AsyncClient, service: Service
) -> AsyncIterator[Balancer]:
    """Two instances behind a balancer."""
    instances = [Instance(platform, service, number) for number in (1, 2)]
    balancer = Balancer(client, instances)
    for instance in instances:
        instance.process.start()
    watching = asyncio.create_task(balancer.watch())
    try:
        for instance in instances:
            await until(lambda instance=instance: balancer._knows(instance))  # type: ignore[misc]
        yield balancer
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        for instance in instances:
            instance.process.finish()


@asynccontextmanager
async def under_load(
    balancer: Balancer, requests: list[Callable[[Balancer], Coroutine[Any, Any, None]]]
) -> AsyncIterator[None]:
    """Clients that ask without a pause; whatever fails for them is raised at the end."""
    over = asyncio.Event()

    async def ask() -> None:
        for request in itertools.cycle(requests):
            if over.is_set():
                return
            await request(balancer)

    clients = [asyncio.create_task(ask()) for _ in range(CLIENTS)]
    yield
    over.set()
    await asyncio.gather(*clients)


REQUESTS: dict[Service, list[Callable[[Balancer], Coroutine[Any, Any, None]]]] = {
    REGISTRY: [
        lambda b: b.request("POST", "/v1/organizations", json=hospital()),
        lambda b: b.request("GET", "/v1/organizations", params={"limit": 50}),
        lambda b: b.request("GET", "/v1/changes", params={"limit": 10}),
    ],
    ROUTER: [
        lambda b: b.request("GET", "/v1/assignments", params={"limit": 50}),
        lambda b: b.request("GET", "/v1/feed-status"),
    ],
    METRICS: [
        lambda b: b.request(
            "GET", "/v1/coverage",
            params={"indicator": "organizational_coverage", "group_by": "kind"},
        ),
        lambda b: b.request("GET", "/v1/freshness"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.program)
async def test_no_request_fails_while_every_instance_is_restarted(
    platform: Platform, service: Service, record_testsuite_property: Callable[[str, object], None]
) -> None:
    async with client_of(platform) as client:
        await register(client, platform.url(REGISTRY))
        async with balanced(platform, client, service) as balancer:
            async with under_load(balancer, REQUESTS[service]):
                await balancer.restart_all()
            assert set(balancer.answers) <= {200, 201}, balancer.answers
            assert sum(balancer.answers.values()) > 2 * CLIENTS
            record_testsuite_property(f"{service.program} requests", sum(balancer.answers.values()))
