"""The loop of background work: when it pauses, what wakes it, what it survives, how it stops."""

import asyncio
import signal
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from servicekit.background import Loop, in_background


class Signals:
    """Notifications without a database."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self.waits: list[float] = []

    def next_notification(self, channel: str) -> asyncio.Event:
        assert channel == "news"
        return self.event

    async def wait(
        self, channel: str, seconds: float, notification: asyncio.Event | None = None
    ) -> None:
        self.waits.append(seconds)
        assert notification is not None
        await notification.wait()

    def wake(self) -> None:
        self.event, before = asyncio.Event(), self.event
        before.set()


async def until(holds: Callable[[], bool]) -> None:
    """Give way to other tasks until something holds."""
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0)


async def test_no_pause_while_there_is_more_to_do_and_none_missed_by_a_ring_during_a_step() -> None:
    signals = Signals()
    steps: list[int] = []

    async def step() -> bool:
        steps.append(len(signals.waits))
        if len(steps) == 3:
            signals.wake()
        return len(steps) < 3

    loop = Loop(name="work", step=step, every=3600, wakes=signals, channel="news")
    async with loop.running():
        await until(lambda: len(signals.waits) == 2)
        assert steps == [0, 0, 0, 1]
        signals.wake()
        await until(lambda: len(steps) == 5)
    assert signals.waits[0] == 3600


async def test_an_error_is_told_and_the_next_step_comes_all_the_same() -> None:
    steps: list[int] = []

    async def step() -> None:
        steps.append(1)
        if len(steps) < 3:
            raise ValueError(f"step {len(steps)}")

    with capture_logs() as logs:
        async with Loop(name="tidy", step=step, every=0.001).running():
            await until(lambda: len(steps) > 3)
    assert [(entry["event"], str(entry["exc_info"])) for entry in logs] == [
        ("tidy", "step 1"), ("tidy", "step 2"),
    ]  # fmt: skip
    errors: list[Exception] = []
    steps.clear()
    loop = Loop(name="tidy", step=step, every=3600, retry=0.001, failed=errors.append)
    with capture_logs() as logs:
        async with loop.running():
            await until(lambda: len(steps) == 3)
    assert ([str(error) for error in errors], logs) == (["step 1", "step 2"], [])


async def test_a_first_step_after_a_pause() -> None:
    steps: list[int] = []

    async def step() -> None:
        steps.append(1)

    async with Loop(name="late", step=step, every=3600, at_once=False).running():
        await asyncio.sleep(0.01)
    assert not steps


async def test_it_stops_with_its_context_in_the_middle_of_a_step() -> None:
    ended: list[str] = []

    async def step() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0)
            ended.append("step")

    async with Loop(name="long", step=step, every=1).running():
        await asyncio.sleep(0)
        assert "long" in [task.get_name() for task in asyncio.all_tasks()]
    assert ended == ["step"]
    assert "long" not in [task.get_name() for task in asyncio.all_tasks()]


async def test_a_cancellation_while_it_stops_is_not_lost() -> None:
    stopping = asyncio.Event()

    async def step() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            stopping.set()
            await asyncio.sleep(0.02)

    async def owner() -> None:
        async with Loop(name="slow to end", step=step, every=1).running():
            await asyncio.sleep(0)

    task = asyncio.create_task(owner())
    await stopping.wait()
    task.cancel()
    await asyncio.wait([task], timeout=5)
    assert task.cancelled()


async def test_only_vital_work_takes_the_process_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[int] = []
    monkeypatch.setattr(signal, "raise_signal", raised.append)

    async def ends() -> None:
        """Ends by itself, which it should not."""

    async with in_background("spare", ends()):
        await asyncio.sleep(0.01)
    async with in_background("stopped", asyncio.sleep(3600), vital=True):
        await asyncio.sleep(0.01)
    assert raised == []
    with capture_logs() as logs:
        async with in_background("vital", ends(), vital=True):
            await asyncio.sleep(0.01)
    assert raised == [signal.SIGTERM]
    assert [(entry["event"], entry["name"]) for entry in logs] == [("background_ended", "vital")]
