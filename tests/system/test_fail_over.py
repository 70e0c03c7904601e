"""A follower is killed; its standby goes on where it stood, without anybody's help."""

import os
import signal
import time
from collections.abc import Callable

import httpx
import pytest

from local_runner.platform import Platform
from local_runner.processes.ports import LOOPBACK, free_port
from local_runner.processes.supervisor import ServiceProcess
from local_runner.services import METRICS, REGISTRY, ROUTER, Service, program
from tests.system.clients import assigned, client_of, in_step, register, until

pytestmark = pytest.mark.system


async def is_active(client: httpx.AsyncClient, port: int) -> bool:
    """Whether the follower behind the port follows all of its feeds."""
    try:
        shown = (await client.get(f"http://{LOOPBACK}:{port}/metrics")).text
    except httpx.TransportError:
        return False
    said = [
        line.split()[-1] for line in shown.splitlines() if line.startswith("feed_follower_active{")
    ]
    return bool(said) and set(said) == {"1.0"}


@pytest.mark.parametrize("service", [ROUTER, METRICS], ids=lambda service: service.program)
async def test_the_standby_takes_over_from_a_follower_that_was_killed(
    platform: Platform, service: Service, record_testsuite_property: Callable[[str, object], None]
) -> None:
    for task in platform._background:  # nobody restarts what dies
        task.cancel()
    port = free_port()
    env = platform._environment(service) | {f"{service.prefix}_FOLLOW_PORT": str(port)}
    log = platform.data_dir.log("standby")
    standby = ServiceProcess("standby", [program(service), "follow"], env, log)
    async with client_of(platform) as client:
        try:
            await until(lambda: is_active(client, platform.ports.follow(service)))
            standby.start()

            async def is_standby() -> bool:
                try:
                    ready = await client.get(f"http://{LOOPBACK}:{port}/readyz")
                except httpx.TransportError:
                    return False
                return ready.status_code == httpx.codes.OK

            await until(is_standby)
            await register(client, platform.url(REGISTRY))
            await in_step(client, platform)
            assert not await is_active(client, port)

            active = platform.processes[f"{service.program}-follow"].pid
            assert active is not None
            killed = time.monotonic()
            os.kill(active, signal.SIGKILL)
            new = await register(client, platform.url(REGISTRY))
            if service is ROUTER:
                await assigned(client, platform, new)
            await in_step(client, platform)
            took = time.monotonic() - killed
            assert await is_active(client, port)
            record_testsuite_property(f"{service.program} fail-over, seconds", round(took, 2))
        finally:
            standby.finish()
