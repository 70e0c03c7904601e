"""A real headless Chromium, watched: what it logs, whom it asks."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
"""Debian's; playwright's own browsers can't be had from a package registry."""

SIGN_IN = "/dashboard/sign-in"


@dataclass
class Watched:
    """A page, and everything that should not have happened on it."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    async def open(self, path: str) -> int:
        """Go to one of our pages; its status."""
        answer = await self.page.goto(self.base + path)
        assert answer is not None
        return answer.status

    async def sign_in(self, token: str, path: str = "/dashboard") -> None:
        """As a person does: open the page, paste the token, send the form."""
        await self.open(path)
        await self.page.fill("#token", token)
        await self.page.click(".sign-in button")
        await self.page.wait_for_selector(".session .who")

    def foreign(self) -> list[str]:
        """Requests to anybody else."""
        ours = urlsplit(self.base).netloc
        return [url for url in self.requested if urlsplit(url).netloc != ours]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@asynccontextmanager
async def watched(browser: Browser, base: str, **options: Any) -> AsyncIterator[Watched]:
    """A fresh browser profile at `base`; `options` as of playwright's `new_context`."""
    context: BrowserContext = await browser.new_context(**{"locale": "zh-CN", **options})
    page = await context.new_page()
    found = Watched(page, base)
    page.on("console", lambda message: _note(found, message.type, message.text))
    page.on("pageerror", lambda error: found.complaints.append(f"error: {error}"))
    page.on("request", lambda request: found.requested.append(request.url))
    yield found
    await context.close()


def _note(found: Watched, kind: str, text: str) -> None:
    if kind in {"error", "warning"}:
        found.complaints.append(f"{kind}: {text}")
