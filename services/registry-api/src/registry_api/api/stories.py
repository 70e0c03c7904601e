"""Routes of what happened to an organization."""

from fastapi import APIRouter

from registry_api.api.dependencies import USUAL, Known, Made, OrganizationId, Reader
from registry_api.api.errors import ORGANIZATION_VOID
from registry_api.api.reading_schemas import (
    ChangeOut,
    ChapterOut,
    EventPageOut,
    TimelineOut,
    ToldEventOut,
)
from registry_api.domain.story import Chapter, ToldEvent
from servicekit.errors import AHEAD_OF_HEAD, INVALID_CURSOR, NOT_FOUND, responses
from servicekit.http import CursorText, Limit

router = APIRouter(tags=["organizations"])


@router.get(
    "/v1/organizations/{organization_id}/timeline",
    operation_id="read_timeline",
    summary="The story of an organization 时间线",
    response_model=TimelineOut,
    responses=responses(*USUAL, NOT_FOUND, ORGANIZATION_VOID, AHEAD_OF_HEAD),
)
async def read_timeline(
    caller: Reader, factory: Made, organization_id: OrganizationId, known_at: Known
) -> TimelineOut:
    """Stretches of valid time, what changed in each, and through which events.

    A token limited to areas is told of the time in which the organization lay inside them:
    stretches outside are left out, and the first one after starts the story anew.
    """
    story = await factory.read_story.timeline(caller, organization_id, known_at)
    return TimelineOut(
        id=organization_id,
        known_at=story.position,
        segments=[_chapter(chapter) for chapter in story.chapters],
    )


@router.get(
    "/v1/organizations/{organization_id}/events",
    operation_id="list_events",
    summary="Events as recorded 事件列表",
    response_model=EventPageOut,
    responses=responses(*USUAL, NOT_FOUND, INVALID_CURSOR),
)
async def list_events(
    caller: Reader,
    factory: Made,
    organization_id: OrganizationId,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> EventPageOut:
    """In the order in which they were recorded; those that touched the token's areas only."""
    page = await factory.read_story.events(caller, organization_id, cursor, limit)
    return EventPageOut(
        items=[_event(event) for event in page.events], next_cursor=page.next_cursor
    )


def _chapter(chapter: Chapter) -> ChapterOut:
    changes = chapter.changes
    return ChapterOut(
        from_=chapter.start,
        until=chapter.until,
        changes=None if changes is None else [
            ChangeOut(field=c.field, before=c.before, after=c.after) for c in changes
        ],
        events=[_event(event) for event in chapter.events],
    )  # fmt: skip


def _event(event: ToldEvent) -> ToldEventOut:
    return ToldEventOut(
        position=event.position,
        revision=event.revision,
        type=event.type,
        effective_on=event.effective_on,
        recorded_at=event.recorded_at,
        actor=event.actor,
        reason=event.reason,
        change=event.change,
        digest=event.digest.hex(),
    )
