"""Durable jobs: each step once, by whoever holds the lease; nothing lost when a process goes."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from servicekit.database.engines import Database
from servicekit.database.notifications import Notifications
from servicekit.errors.refusal import Refusal
from servicekit.ids import uuid7
from servicekit.jobs.queue import LeaseLostError, advance, enqueue
from servicekit.jobs.rows import Job, find
from servicekit.jobs.worker import Handler, JobFailed, Worker
from servicekit.settings import ServiceSettings

Eventually = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]


async def add(database: Database, kind: str = "count", **params: Any) -> UUID:
    """A job in the queue."""
    async with database.transaction() as connection:
        return await enqueue(connection, kind, params, "tester", ("4403",))


async def look(database: Database, identifier: UUID) -> Job:
    """The job as its row says."""
    async with database.reading() as connection:
        job = await find(connection, identifier)
    assert job is not None
    return job


async def end_lease(database: Database, identifier: UUID) -> None:
    """What half a minute without a sign of life would do."""
    async with database.transaction() as connection:
        await connection.execute(
            text("UPDATE job SET lease_until = 'epoch' WHERE id = :id"), {"id": identifier}
        )


def worker(
    database: Database, handler: Handler, notifications: Notifications | None = None
) -> Worker:
    """A worker for one kind of job."""
    return Worker(database, notifications or Notifications(database, "job"), {"count": handler})


async def step(database: Database, job: Job, done: int, errors: int = 0) -> None:
    """One step: a note that the step was made, and the progress, in one transaction."""
    async with database.transaction() as connection:
        await connection.execute(
            text(
                "INSERT INTO note VALUES (:s, 1, 1, '') "
                "ON CONFLICT (subject) DO UPDATE SET applied = note.applied + 1"
            ),
            {"s": f"{job.id} {done}"},
        )
        await advance(connection, job, done=done, errors=errors, total=job.params.get("total"))


async def steps(database: Database) -> list[int]:
    """How often each step was made."""
    async with database.reading() as connection:
        return list((await connection.execute(text("SELECT applied FROM note"))).scalars())


@pytest.fixture
async def second_database(
    sample_url: str, settings_for: Callable[..., ServiceSettings]
) -> AsyncIterator[Database]:
    """The engines of a second process."""
    database = Database(settings_for(sample_url))
    yield database
    await database.close()


async def test_a_job_runs_to_its_end_and_shows_how_far_it_is(database: Database) -> None:
    observed: list[Job] = []

    async def handler(job: Job) -> dict[str, Any]:
        for done in range(1, 4):
            await step(database, job, done, errors=done - 1)
            observed.append(await look(database, job.id))
        return {"名": "党", "nul": "\0"}

    identifier = await add(database, total=3)
    queued = await look(database, identifier)
    assert (queued.state, queued.done, queued.total, queued.attempt) == ("queued", 0, None, 0)
    assert (queued.client, queued.areas, queued.params) == ("tester", ["4403"], {"total": 3})
    assert await worker(database, handler).run_one()
    assert [(job.state, job.done, job.errors, job.total) for job in observed] == [
        ("running", 1, 0, 3), ("running", 2, 1, 3), ("running", 3, 2, 3),
    ]  # fmt: skip
    ended = await look(database, identifier)
    assert (ended.state, ended.done, ended.result) == ("succeeded", 3, {"名": "党", "nul": "\0"})
    assert not await worker(database, handler).run_one()


async def test_only_jobs_with_a_handler_are_taken_oldest_first(database: Database) -> None:
    await add(database, "other")
    mine = [await add(database) for _ in range(3)]
    ran: list[UUID] = []

    async def handler(job: Job) -> dict[str, Any]:
        ran.append(job.id)
        return {}

    while await worker(database, handler).run_one():
        pass
    assert ran == mine
    async with database.reading() as connection:
        assert await find(connection, uuid7()) is None


@pytest.mark.parametrize("failure", [ValueError("no\0\ud800"), FileNotFoundError("gone")])
async def test_a_job_that_fails_says_why(failure: Exception, database: Database) -> None:
    async def handler(job: Job) -> dict[str, Any]:
        raise failure

    identifier = await add(database)
    assert await worker(database, handler).run_one()
    job = await look(database, identifier)
    assert job.state == "failed"
    assert job.result is not None
    assert type(failure).__name__ in job.result["error"]


async def test_a_result_that_is_no_json_fails_the_job_instead_of_repeating_it(
    database: Database,
) -> None:
    async def handler(job: Job) -> dict[str, Any]:
        return {"x": object()}

    identifier = await add(database)
    assert await worker(database, handler).run_one()
    assert (await look(database, identifier)).state == "failed"


async def test_a_job_can_say_what_came_of_it_so_far_and_why_it_failed(database: Database) -> None:
    observed: list[Job] = []

    async def handler(job: Job) -> dict[str, Any]:
        async with database.transaction() as connection:
            await advance(connection, job, done=1, errors=0, result={"so far": 1})
        async with database.transaction() as connection:
            await advance(connection, job, done=2, errors=1)
        observed.append(await look(database, job.id))
        raise JobFailed({"rule": "三同步"})

    identifier = await add(database)
    assert await worker(database, handler).run_one()
    assert [job.result for job in observed] == [{"so far": 1}]
    job = await look(database, identifier)
    assert (job.state, job.done, job.result) == ("failed", 2, {"rule": "三同步"})


async def test_a_job_outlives_the_absence_of_its_database(database: Database) -> None:
    attempts: list[int] = []

    async def handler(job: Job) -> dict[str, Any]:
        attempts.append(job.attempt)
        if len(attempts) == 1:
            async with database.transaction() as connection:
                await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return {}

    identifier = await add(database)
    with pytest.raises(Exception, match=r"terminat|closed"):
        await worker(database, handler).run_one()
    assert (await look(database, identifier)).state == "queued"
    assert await worker(database, handler).run_one()
    assert attempts == [1, 2]
    assert (await look(database, identifier)).state == "succeeded"


async def test_two_workers_never_make_the_same_step(
    database: Database, second_database: Database, eventually: Eventually, chance: random.Random
) -> None:
    """Leases end at random while several workers run: every step is made once all the same."""
    jobs = [await add(database, total=15) for _ in range(6)]

    def handler_on(own: Database) -> Handler:
        async def handler(job: Job) -> dict[str, Any]:
            for done in range(job.done + 1, 16):
                await step(own, job, done)
            return {"by": job.attempt}

        return handler

    async def all_ended() -> bool:
        await end_lease(database, chance.choice(jobs))
        ended = [await look(database, job) for job in jobs]
        return all(job.state == "succeeded" for job in ended)

    bells = [Notifications(own, "job") for own in (database, second_database)]
    async with (
        bells[0].running(),
        bells[1].running(),
        worker(database, handler_on(database), bells[0]).running(),
        worker(second_database, handler_on(second_database), bells[1]).running(),
    ):
        await eventually(all_ended)
    assert await steps(database) == [1] * 6 * 15


async def test_whoever_lost_the_lease_can_not_go_on(
    database: Database, second_database: Database
) -> None:
    taken, go_on = asyncio.Event(), asyncio.Event()
    lost: list[bool] = []

    async def slow(job: Job) -> dict[str, Any]:
        await step(database, job, 1)
        taken.set()
        await go_on.wait()
        with pytest.raises(LeaseLostError):
            await step(database, job, 2)
        lost.append(True)
        return {"by": "slow"}

    async def quick(job: Job) -> dict[str, Any]:
        assert (job.done, job.attempt) == (1, 2)
        await step(second_database, job, 2)
        return {"by": "quick"}

    identifier = await add(database)
    first = asyncio.create_task(worker(database, slow).run_one())
    await taken.wait()
    assert not await worker(second_database, quick).run_one()
    await end_lease(database, identifier)
    assert await worker(second_database, quick).run_one()
    go_on.set()
    assert await first
    assert lost == [True]
    job = await look(database, identifier)
    assert (job.state, job.done, job.result) == ("succeeded", 2, {"by": "quick"})
    assert await steps(database) == [1, 1]


async def test_a_lease_is_renewed_while_a_step_takes_long(
    database: Database, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    monkeypatch.setattr("servicekit.jobs.queue.LEASE_SECONDS", 0.03)
    go_on, renewals = asyncio.Event(), set()

    async def handler(job: Job) -> dict[str, Any]:
        await go_on.wait()
        return {}

    identifier = await add(database)
    running = asyncio.create_task(worker(database, handler).run_one())

    async def renewed() -> bool:
        async with database.reading() as connection:
            lease = await connection.execute(
                text("SELECT lease_until FROM job WHERE id = :id"), {"id": identifier}
            )
            renewals.add(lease.scalar_one())
        return len(renewals) > 3

    await eventually(renewed)
    go_on.set()
    assert await running
    assert (await look(database, identifier)).attempt == 1


async def crash(database: Database, *, at: int) -> Job | None:
    """One try of a process that comes as far as `at` and is then gone for good."""

    async def handler(job: Job) -> dict[str, Any]:
        await step(database, job, at)
        raise LeaseLostError  # ends the try and leaves the row as a dead process would

    identifier = None
    if await worker(database, handler).run_one():
        async with database.transaction() as connection:
            result = await connection.execute(
                text("UPDATE job SET lease_until = 'epoch' WHERE state = 'running' RETURNING id")
            )
            identifier = result.scalar_one()
    return None if identifier is None else await look(database, identifier)


async def test_a_job_that_kills_its_process_again_and_again_has_failed(database: Database) -> None:
    identifier = await add(database)
    for attempt in range(1, 6):
        job = await crash(database, at=7)
        assert job is not None
        assert (job.state, job.attempt) == ("running", attempt)
    assert await crash(database, at=7) is None
    job = await look(database, identifier)
    assert job.state == "failed"
    assert job.result is not None
    assert job.result["failure"] == "process_died"


async def test_a_job_that_comes_further_each_time_goes_on(database: Database) -> None:
    identifier = await add(database)
    for done in range(1, 12):
        assert await crash(database, at=done)

    async def rest(job: Job) -> dict[str, Any]:
        return {"from": job.done}

    assert await worker(database, rest).run_one()
    assert (await look(database, identifier)).result == {"from": 11}


async def test_restarts_in_order_are_no_crashes(database: Database) -> None:
    identifier = await add(database)
    for _ in range(9):
        begun = asyncio.Event()

        async def endless(job: Job, begun: asyncio.Event = begun) -> dict[str, Any]:
            begun.set()
            await asyncio.Event().wait()
            return {}

        async with worker(database, endless).running():
            await begun.wait()
    assert (await look(database, identifier)).state == "queued"


async def test_at_shutdown_a_job_is_handed_back_at_once(
    database: Database, second_database: Database, eventually: Eventually
) -> None:
    begun = asyncio.Event()

    async def endless(job: Job) -> dict[str, Any]:
        await step(database, job, 1)
        begun.set()
        async with database.transaction() as connection:
            await connection.execute(text("SELECT pg_sleep(60)"))
        return {}

    async def rest(job: Job) -> dict[str, Any]:
        return {"from": job.done}

    identifier = await add(database)
    async with worker(database, endless).running():
        await begun.wait()
    assert (await look(database, identifier)).state == "queued"
    assert await worker(second_database, rest).run_one()
    assert (await look(database, identifier)).result == {"from": 1}

    async def returned() -> bool:
        return database.pool_use() == {"write": 0, "read": 0}

    await eventually(returned)


async def test_a_waiting_worker_wakes_when_a_job_is_committed(
    database: Database, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    monkeypatch.setattr("servicekit.jobs.worker._POLL_SECONDS", 3600)
    notifications = Notifications(database, "job")

    async def handler(job: Job) -> dict[str, Any]:
        return {}

    async def listening() -> bool:
        return notifications._connected

    async with notifications.running():
        await eventually(listening)
        async with worker(database, handler, notifications).running():
            for _ in range(20):
                identifier = await add(database)

                async def ended(identifier: UUID = identifier) -> bool:
                    return (await look(database, identifier)).state == "succeeded"

                await eventually(ended)


async def test_a_client_has_no_more_unfinished_jobs_than_it_may(database: Database) -> None:
    async def one_more(client: str) -> bool:
        try:
            async with database.transaction() as connection:
                await enqueue(connection, "count", {}, client, None, max_unfinished=3)
        except Refusal:
            return False
        return True

    at_once = await asyncio.gather(*(one_more("one") for _ in range(8)))
    assert sum(at_once) == 3
    assert await one_more("another")
    await add(database)  # what follows from a change has no limit

    async def nothing(job: Job) -> dict[str, Any]:
        return {}

    assert await worker(database, nothing).run_one()
    assert await one_more("one")
    with pytest.raises(Refusal, match="too-many-jobs"):
        async with database.transaction() as connection:
            await enqueue(connection, "count", {}, "one", None, max_unfinished=3)
