"""From pages of the two feeds to what they change here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from metrics_api.core.facts.timelines import Replacement
from metrics_api.facts.organization_states import organization_facts
from metrics_api.facts.record import PageChanges
from metrics_api.facts.router_states import (
    area_details,
    assignment_facts,
    body_details,
    rule_set_details,
)
from servicekit.follower import FeedEvent
from servicekit.time import Period, Segment

Value = TypeVar("Value")


def registry_page(events: Sequence[FeedEvent]) -> PageChanges:
    """What the registry's `events` say; types other than `organization.*` change nothing here.

    Raises `OutOfDomainError` or `msgspec.ValidationError` for a state that can't be counted.
    """
    organizations = [
        Replacement(
            UUID(event.subject), event.effective_on, _spans(event.timeline, organization_facts)
        )
        for event in events
        if event.type.startswith("organization.")
    ]
    return PageChanges(registry_position=_reached(events), organizations=organizations)


def router_page(events: Sequence[FeedEvent]) -> PageChanges:
    """What the router's `events` say.

    What a rule set changes is told by the assignments it causes; itself it is named in receipts.
    """
    page = PageChanges(router_position=_reached(events))
    for event in events:
        kind, _, code = event.subject.partition(":")
        if event.type == "assignment.changed":
            answers = _spans(event.timeline, assignment_facts)
            page.assignments.append(Replacement(UUID(event.subject), event.effective_on, answers))
        elif event.type == "area.changed" and kind == "area":
            areas = _spans(event.timeline, area_details)
            page.directory.areas.append(Replacement(code, event.effective_on, areas))
        elif event.type == "body.changed" and kind == "body":
            bodies = _spans(event.timeline, body_details)
            page.directory.bodies.append(Replacement(code, event.effective_on, bodies))
        elif event.type.startswith("rule_set.") and kind == "rule_set":
            rule_sets = _spans(event.timeline, rule_set_details)
            page.directory.rule_sets.append(Replacement(code, event.effective_on, rule_sets))
    return page


def _spans(
    timeline: Iterable[Segment], read: Callable[[Mapping[str, Any]], Value]
) -> list[Period[Value]]:
    return [Period(s.start, s.until, read(s.state)) for s in timeline]


def _reached(events: Sequence[FeedEvent]) -> int:
    return max((event.position for event in events), default=0)
