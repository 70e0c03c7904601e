"""Its app: a feed, notes to write, a question with filters, and a bug to trip over."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.auth.caller import Caller
from servicekit.database.engines import Database
from servicekit.database.migrations import Migrations
from servicekit.database.notifications import Notifications
from servicekit.errors.refusal import Refusal
from servicekit.follower.status import feed_status_router
from servicekit.http.access import require
from servicekit.http.app import Parts, build_app
from servicekit.http.pagination import CursorText, decode_cursor
from servicekit.http.request_slots import takes_transfer_slot
from servicekit.jobs.resource import job_router
from servicekit.ledger.append import Ledger
from servicekit.ledger.change import Changes, Guarded, Unguarded
from servicekit.ledger.events import NewEvent
from servicekit.ledger.feed import feed_router
from servicekit.settings import ServiceSettings
from servicekit.time.period import Segment

PACKAGE = "tests.servicekit.sample"
LEDGER = Ledger("sample")


class Gone(Refusal):
    """It is no longer there."""

    code = "gone"
    status = 410


router = APIRouter(tags=["notes"])
Reader = Annotated[Caller, Depends(require("registry:read"))]
Writer = Annotated[Caller, Depends(require("registry:write"))]


class Note(BaseModel):
    """What people write."""

    model_config = ConfigDict(extra="forbid")
    subject: str
    number: int = 0
    ratio: float = 0
    on: date | None = None
    tags: list[str] = []
    any: dict[str, Any] = {}


class Filters(BaseModel):
    """Filters as one model."""

    colour: str | None = None


@router.post("/v1/notes", status_code=201)
async def write_note(request: Request, caller: Writer, note: Note, attempt: Unguarded) -> Response:
    """One event for each note."""
    changes = Changes(request.app.state.database, LEDGER)
    async with changes.begin(caller, attempt) as change:
        if change.replayed:
            return change.replayed.response()
        await change.connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtext(:s))"), {"s": note.subject}
        )
        revision = await _revision(change.connection, note.subject) + 1
        change.event(new_event(note.subject, revision, caller.client))
        return change.answer(201, {"revision": revision}).response(revision)


@router.put("/v1/notes/{subject}")
async def rewrite_note(
    request: Request, caller: Writer, subject: str, note: Note, attempt: Guarded
) -> Response:
    """One more event about a note that was read."""
    changes = Changes(request.app.state.database, LEDGER)
    async with changes.begin(caller, attempt) as change:
        if change.replayed:
            return change.replayed.response()
        revision = await _revision(change.connection, subject)
        attempt.check(revision)
        change.event(new_event(subject, revision + 1, caller.client))
        return change.answer(200, {"revision": revision + 1}).response(revision + 1)


async def _revision(connection: AsyncConnection, subject: str) -> int:
    row = await connection.execute(
        text("SELECT max(revision) FROM ledger WHERE subject = :s"), {"s": subject}
    )
    return row.scalar() or 0


@router.get("/v1/notes")
async def find_notes(
    caller: Reader, filters: Annotated[Filters, Depends()], cursor: CursorText = None
) -> list[str]:
    """Nothing is found here; questions can be wrong all the same."""
    decode_cursor(cursor, filters.model_dump(), [str])
    return []


@router.get("/v1/models")
async def find_by_model(caller: Reader, filters: Annotated[Filters, Query()]) -> list[str]:
    """The same filters, as FastAPI's query model."""
    return [str(filters.colour)]


@router.get("/v1/exports", dependencies=[takes_transfer_slot(Reader)])
async def export(caller: Reader) -> StreamingResponse:
    """A file in three pieces."""

    async def content() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"piece"

    return StreamingResponse(content())


@router.post("/v1/uploads", dependencies=[takes_transfer_slot(Writer)])
async def upload(request: Request, caller: Writer) -> int:
    """A streamed body of any size."""
    return sum([len(chunk) async for chunk in request.stream()])


@router.get("/v1/gone")
async def gone(what: str) -> None:
    """Refuses."""
    raise Gone(what=what)


@router.get("/v1/bug")
async def bug() -> None:
    """Fails as code should not."""
    raise ZeroDivisionError("a secret")


@router.get("/v1/slow", response_class=PlainTextResponse)
async def slow(request: Request) -> str:
    """Asks more of the database than it will do."""
    async with request.app.state.database.reading() as connection:
        await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    return "?"


def new_event(
    subject: str, revision: int = 1, actor: str = "tester", areas: Sequence[str] = ()
) -> NewEvent:
    """A note's event."""
    day = date(2016, 1, min(28, revision))
    state = {"subject": subject, "revision": revision}
    return NewEvent(
        subject, revision, "note.written", day, actor, "因故", None,
        [Segment(day, None, state)], areas,
    )  # fmt: skip


def build(settings: ServiceSettings, **more: Any) -> FastAPI:
    """The app, as a service's `main.py` makes it; `more` are further Parts."""
    database = Database(settings)
    url = settings.database_url.get_secret_value()
    parts = Parts(
        name="sample",
        title="Sample",
        description="For tests",
        version="1.2.3",
        settings=settings,
        database=database,
        notifications=Notifications(database, "ledger", "job"),
        migrations=Migrations(PACKAGE, url),
        routers=[
            feed_router("registry:read"),
            feed_status_router("registry:read", "sample"),
            job_router("registry:read"),
            router,
        ],
        streamed_paths={"/v1/uploads"},
        **more,
    )
    return build_app(parts)
