"""The dashboard's readers: a real browser, and the real processes with a part of the demo city."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser

from local_runner.loading.rest import Rest
from local_runner.platform import Platform
from local_runner.services import METRICS
from tests.contract.small_city import small_city
from tests.system.dashboard.browser import Watched, chromium, watched

ORGANIZATIONS = 900
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


class City:
    """A running platform with a part of the demo city, and its REST API."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.base = platform.url(METRICS)
        self.token = platform.issuer.token(["metrics:read"], client="reader")

    async def ask(self, path: str, **params: str) -> Any:
        """What the REST API answers."""
        headers = {"authorization": f"Bearer {self.token}"}
        async with httpx.AsyncClient(trust_env=False, timeout=60, headers=headers) as client:
            answer = await client.get(self.base + path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def rest(self) -> Rest:
        """A client that may write, as the demo's load is."""
        return Rest(lambda: self.platform.issuer.token(client="demo"))


@pytest.fixture(scope="session")
async def city() -> AsyncIterator[City]:
    """The platform, loaded; once for a test worker."""
    with tempfile.TemporaryDirectory(prefix="dashboard-", ignore_cleanup_errors=True) as root:
        async with small_city(Path(root), ORGANIZATIONS) as platform:
            yield City(platform)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser; each test has a profile of its own."""
    async with chromium() as started:
        yield started


@pytest.fixture
async def reader(browser: Browser, city: City) -> AsyncIterator[Watched]:
    """Somebody who signed in, in Chinese, at a desk; nothing may go wrong on the way."""
    async with watched(browser, city.base, viewport=DESKTOP) as found:
        await found.sign_in(city.token)
        yield found
        assert found.complaints == []
        assert found.foreign() == []
