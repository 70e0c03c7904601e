"""Who registered an organization, in which mode, and who supervises and licenses it."""

import datetime
from dataclasses import dataclass
from typing import Any

from demo_city.invention.chance import Chance, Weighted
from demo_city.invention.profiles import Profile
from demo_city.invention.vocabulary import department_template, supervising_systems
from demo_city.territory.places import Office, Place

DIRECT_CATEGORIES = frozenset(
    {
        "business_economy",
        "charity",
        "social_welfare",
        "social_service",
        "culture_recreation",
        "science_technology",
        "sports",
        "ecology",
    }
)
"""The eight categories that register directly (speech of 2016-06-14)."""

DIRECT_SINCE = datetime.date(2012, 9, 1).toordinal()
"""From about here on the eight categories register directly; older ones changed over in part."""

SUSPENDED_PERCENT = 2


@dataclass(frozen=True, slots=True)
class Registration:
    """The outcome: what the rest of an organization is drawn from."""

    level: str
    mode: str
    office: Office
    registered: int
    category: str
    supervisor_system: str | None
    licence: str | None


def draw_registration(chance: Chance, profile: Profile, place: Place) -> Registration:
    """Draws a consistent registration of the *profile* at *place*."""
    level, office = place.office(chance.weigh(profile.level))
    registered = chance.spread(profile.registered)
    category = chance.weigh(profile.category)
    licence = chance.weigh(profile.licence) if profile.licence else None
    mode = chance.weigh(profile.mode) if profile.mode else _mode(chance, category, registered)
    system = None
    if mode == "dual":
        system = profile.supervisor or licence or chance.weigh(supervising_systems(category))
    return Registration(level, mode, office, registered, category, system, licence)


def _mode(chance: Chance, category: str, registered: int) -> str:
    if category not in DIRECT_CATEGORIES:
        return "direct" if chance.percent(4) else "dual"
    return "direct" if chance.percent(92 if registered >= DIRECT_SINCE else 55) else "dual"


def supervisor(registration: Registration, place: Place) -> dict[str, Any] | None:
    """The business supervisor in the document's shape: the department of the registering level."""
    system = registration.supervisor_system
    if system is None:
        return None
    template = department_template(system, registration.level)
    return {"name": template.format_map(place.territory.names), "system": system}


def draw_affiliation(
    chance: Chance, weights: Weighted[str | None] | None, registration: Registration, place: Place
) -> str | None:
    """A recorded affiliation: to the street, or to a system committee that the district has."""
    if weights is None or registration.level != "district":
        return None
    kind = chance.weigh(weights)
    exists = kind == "street_work_committee" or kind in place.territory.committees
    return kind if exists else None


def draw_domicile(chance: Chance, institution_type: str, place: Place) -> dict[str, Any]:
    """A domicile in the street, told down to the community for most community bodies."""
    share = 70 if institution_type == "community_organization" else 22
    known = place.communities and chance.percent(share)
    code = chance.pick(place.communities) if known else place.street.code
    return {"division_code": code, "address": f"{place.address}{chance.between(1, 299)}号"}


def draw_status(chance: Chance) -> str:
    """Nearly all are active: a register's total counts those that are registered."""
    return "suspended" if chance.percent(SUSPENDED_PERCENT) else "active"
