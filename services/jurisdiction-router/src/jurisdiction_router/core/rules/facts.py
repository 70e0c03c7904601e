"""The facts of an organization that decide who supervises it.

An organization's document has some forty fields; the answer depends on seven of them, each with a
finite domain, plus two places and one name. Reading them out once gives a small hashable tuple:
organizations with equal `Facts` get the same answer, so a batch decides once per distinct tuple.

Unknown is `None` and means *missing*: the engine then asks. Where absence is itself a recorded
fact (no supervisor, no licence, no affiliation) an explicit null reads as `"none"`. A field that is
not there at all, as in a question about a half-known organization, is missing everywhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from servicekit.time import Period, merge

NONE: Final = "none"
_MISSING: Final[Any] = object()

KINDS: Final = frozenset({"social_association", "private_nonenterprise", "foundation"})
INSTITUTION_TYPES: Final = frozenset(
    {
        "general",
        "private_university",
        "private_school",
        "private_kindergarten",
        "training_institution",
        "private_hospital",
        "private_clinic",
        "outpatient_department",
        "community_health_station",
        "welfare_institution",
        "religious_association",
        "bar_association",
        "accountancy_association",
        "trade_association",
        "hometown_chamber",
        "hub",
        "community_organization",
    }
)
LEVELS: Final = frozenset({"national", "provincial", "municipal", "district", "street"})
MODES: Final = frozenset({"direct", "dual", "decoupled", "filing"})
SYSTEMS: Final = frozenset(
    {
        "education",
        "health",
        "civil_affairs",
        "human_resources",
        "justice",
        "finance",
        "culture",
        "sports",
        "science",
        "industry",
        "commerce",
        "agriculture",
        "ethnic_religious",
        "other",
    }
)
LICENCE_ISSUERS: Final = frozenset({"education", "health", "human_resources", "other", NONE})
AFFILIATIONS: Final = frozenset(
    {
        "district_education_committee",
        "district_health_committee",
        "street_work_committee",
        "other",
        NONE,
    }
)
NO_LONGER_IN_OPERATION: Final = frozenset({"deregistered", "revoked"})


class Facts(NamedTuple):
    """What the answer depends on: the seven attributes, then the places and the name."""

    affiliation: str | None = None
    licence_issuer: str | None = None
    supervisor_system: str | None = None
    mode: str | None = None
    institution_type: str | None = None
    level: str | None = None
    kind: str | None = None
    domicile: str | None = None
    """Division code of the domicile: street (9 digits) or community (12)."""
    registering: str | None = None
    """Division code of the registering authority."""
    supervisor_name: str | None = None
    """Name of the business supervisor, `""` when it has one without a recorded name."""


DOMAINS: Final[Mapping[str, frozenset[str]]] = {
    "affiliation": AFFILIATIONS,
    "licence_issuer": LICENCE_ISSUERS,
    "supervisor_system": SYSTEMS | {NONE},
    "mode": MODES,
    "institution_type": INSTITUTION_TYPES,
    "level": LEVELS,
    "kind": KINDS,
}
"""Every value an attribute can take. A rule set declares the same values for those it uses."""

POSITIONS: Final[Mapping[str, int]] = {name: Facts._fields.index(name) for name in DOMAINS}
"""Where each attribute sits in the `Facts` tuple."""

ATTRIBUTE_SLICE: Final = slice(len(POSITIONS))
"""The attributes of a `Facts` tuple: they come first."""

PLACE_SLICE: Final = slice(Facts._fields.index("domicile"), Facts._fields.index("registering") + 1)
"""The two places of a `Facts` tuple."""


class DistinctFacts(NamedTuple):
    """Facts that any number of organizations have, with their identifier."""

    id: UUID
    facts: Facts


@dataclass(frozen=True, slots=True)
class FactPeriod(Period[Facts | None]):
    """The facts of one organization over one period; None once it has ceased."""


def facts_of(state: Mapping[str, Any]) -> Facts:
    """Read the facts out of an organization's state (docs/contracts.md), whole or partial.

    A value outside its domain (a code list that grew before this service did) reads as missing,
    or as `other` where the domain has it: never as an error, so that one odd record cannot stop
    a feed.
    """
    registration = state.get("registration") or {}
    registering = _text((registration.get("authority") or {}).get("division_code"))
    supervisor = state.get("business_supervisor", _MISSING)
    return Facts(
        affiliation=_recorded(state.get("affiliation", _MISSING), AFFILIATIONS),
        licence_issuer=_recorded(state.get("licence_issuer", _MISSING), LICENCE_ISSUERS),
        supervisor_system=_supervisor_system(supervisor),
        mode=_known(registration.get("mode"), MODES),
        institution_type=_known(state.get("institution_type"), INSTITUTION_TYPES),
        level=level_of(registration.get("level"), registering),
        kind=_known(state.get("kind"), KINDS),
        domicile=_text((state.get("domicile") or {}).get("division_code")),
        registering=registering,
        supervisor_name=_supervisor_name(supervisor),
    )


def level_of(recorded: object, registering: str | None) -> str | None:
    """Return the level of registration; the authority's code outranks the recorded word.

    GB 32100-2015 gives the registering authority's division: 100000 national, xx0000 provincial.
    Falls down for the four municipalities (110000 Beijing and the like), whose city code has the
    shape of a province: their organizations read as provincial.
    """
    derived: str | None = None
    if registering is not None and len(registering) == 6:
        if registering == "100000":
            return "national"
        if registering.endswith("0000"):
            return "provincial"
        derived = "municipal" if registering.endswith("00") else "district"
    elif registering is not None and len(registering) == 9:
        derived = "street"
    return _known(recorded, LEVELS) or derived


def facts_timeline(
    timeline: Iterable[tuple[date, date | None, Mapping[str, Any]]],
) -> tuple[FactPeriod, ...]:
    """Turn an organization's timeline of `(from, until, state)` into periods of equal facts.

    Errors: `ValueError` for a timeline that is not ordered.
    """
    periods = (
        FactPeriod(
            valid_from,
            valid_until,
            None if state.get("status") in NO_LONGER_IN_OPERATION else facts_of(state),
        )
        for valid_from, valid_until, state in timeline
    )
    return tuple(merge(periods))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _known(value: object, domain: frozenset[str]) -> str | None:
    return value if isinstance(value, str) and value in domain else None


def _recorded(value: object, domain: frozenset[str]) -> str | None:
    """Read an attribute whose explicit absence is a value, and whose rest is `other`."""
    if value is _MISSING:
        return None
    if value is None:
        return NONE
    return value if isinstance(value, str) and value in domain else "other"


def _supervisor_system(supervisor: object) -> str | None:
    if supervisor is None:
        return NONE
    if not isinstance(supervisor, Mapping):
        return None
    system = supervisor.get("system")
    if not isinstance(system, str):
        return None
    return system if system in SYSTEMS else "other"


def _supervisor_name(supervisor: object) -> str | None:
    if not isinstance(supervisor, Mapping):
        return None
    return _text(supervisor.get("name")) or ""
