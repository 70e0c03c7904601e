"""What happens to an organization: each event as what is sent, and its effect on the state."""

from registry_api.core.life_events.event import Effect, LifeEvent
from registry_api.core.life_events.party_building import PARTY_BUILDING_EVENTS
from registry_api.core.life_events.party_organization import PARTY_ORGANIZATION_EVENTS
from registry_api.core.life_events.supervision import SUPERVISION_EVENTS

LIFE_EVENTS: tuple[type[LifeEvent], ...] = (
    *PARTY_ORGANIZATION_EVENTS,
    *PARTY_BUILDING_EVENTS,
    *SUPERVISION_EVENTS,
)
"""Every event with an endpoint of its own, in the order of the documentation."""

__all__ = ["LIFE_EVENTS", "Effect", "LifeEvent"]
