"""The real platform with a small part of the demo city in it: real processes over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.contract.story.recorder import SCOPES

from local_runner.cli import rule_set_file
from local_runner.loading.demo import part_of_city
from local_runner.loading.load import Addresses, DemoLoad
from local_runner.loading.rest import Rest
from local_runner.platform import Platform
from local_runner.services import METRICS, REGISTRY, ROUTER, Ports

ORGANIZATIONS = 60


@asynccontextmanager
async def small_city(root: Path, organizations: int = ORGANIZATIONS) -> AsyncIterator[Platform]:
    """A platform on free ports whose data is in `root`, with everybody registered and assigned."""
    await asyncio.to_thread(root.chmod, 0o755)  # the database server does not run as root
    platform = Platform(root, Ports.free(), durable=False)
    async with platform:
        rest = Rest(lambda: platform.issuer.token(SCOPES))
        approver = Rest(lambda: platform.issuer.token(["router:approve"], client="approver"))
        at = Addresses(platform.url(REGISTRY), platform.url(ROUTER), platform.url(METRICS))
        demo = part_of_city(organizations)
        await DemoLoad(rest, approver, at, demo, root, rule_set_file()).run(lambda *_: None)
        await rest.close()
        await approver.close()
        yield platform
    platform.postgres.wipe()
