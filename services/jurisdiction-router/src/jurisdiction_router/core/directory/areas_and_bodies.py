"""What a directory is made of: areas, parent edges, successions, bodies, each with its dates."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

AREA_LEVELS: Final = ("province", "city", "district", "street", "community")
BODY_KINDS: Final = frozenset(
    {
        "city_education_work_committee",
        "city_health_work_committee",
        "district_education_committee",
        "district_health_committee",
        "street_work_committee",
        "community_committee",
        "social_organization_committee",
        "two_new_work_committee",
        "industry_committee",
        "joint_committee",
        "business_supervisor_committee",
        "society_work_department",
    }
)
KINDS_WITH_SYSTEM: Final = frozenset({"business_supervisor_committee", "industry_committee"})


class FormerName(NamedTuple):
    """What an area or a body was called until (not including) a date."""

    name: str
    until: date


class OtherCode(NamedTuple):
    """The code of an area in another system than GB/T 2260, over a period."""

    system: str
    code: str
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A division of the country, keyed by its GB/T 2260 code (6, 9 or 12 digits).

    `name` is the last one; `former_names` are those before it, in their order.
    """

    code: str
    name: str
    level: str
    valid_from: date
    valid_until: date | None = None
    former_names: tuple[FormerName, ...] = ()
    codes: tuple[OtherCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Succession:
    """From a date on, `successor` stands (alone or with others) where `code` stood before.

    A code that goes on after a part of it was split off has a succession, too: it tells where the
    part came from, and is not followed while the code itself is valid.
    """

    code: str
    successor: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class ParentEdge:
    """`child` lies in `parent` over a period; a transfer of a street is two edges."""

    child: str
    parent: str
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """A Party body that can supervise or assist; `system` says which sector's, where it has one."""

    id: str
    kind: str
    name: str
    area_code: str
    system: str | None
    valid_from: date
    valid_until: date | None = None
    successor: str | None = None
    former_names: tuple[FormerName, ...] = ()

    def on(self, day: date) -> "Body":
        """Return the body under the name it has on `day`."""
        return self if not self.former_names else replace(self, name=name_on(self, day))


class Party(NamedTuple):
    """A body as an assignment names it; `id` and `area_code` are None for a business supervisor."""

    id: str | None
    kind: str
    name: str
    area_code: str | None

    @classmethod
    def of(cls, body: Body) -> "Party":
        """Return how an assignment names a body of the directory."""
        return cls(body.id, body.kind, body.name, body.area_code)


def name_on(thing: Area | Body, day: date) -> str:
    """Return what an area or a body is called on `day`."""
    return next((name for name, until in thing.former_names if day < until), thing.name)


class Path(NamedTuple):
    """The areas around a division code on a date, by level; None where unknown."""

    province: str | None = None
    city: str | None = None
    district: str | None = None
    street: str | None = None
    community: str | None = None
    read_from_code: tuple[str, ...] = ()
    """Codes the directory does not hold on that date, whose place was read from their digits."""
    by_succession: tuple[str, ...] = ()
    """Codes of another time, which were followed to the areas that stand for them on that date."""

    def codes(self) -> tuple[str, ...]:
        """Return the known areas, most specific first."""
        areas = (self.community, self.street, self.district, self.city, self.province)
        return tuple(code for code in areas if code is not None)


def level_of_code(code: str) -> str | None:
    """Read the level out of a division code's digits (GB/T 2260, GB/T 10114)."""
    if len(code) == 12:
        return "community"
    if len(code) == 9:
        return "street"
    if len(code) != 6 or code == "100000":
        return None
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "district"


def parent_of_code(code: str) -> str | None:
    """Return the division that a code's own digits nest it in, or None at the top."""
    match level_of_code(code):
        case "community":
            return code[:9]
        case "street":
            return code[:6]
        case "district":
            return code[:4] + "00"
        case "city":
            return code[:2] + "0000"
        case _:
            return None


PLACES: Final = ("registering", "province", "city", "district", "street", "community")
"""Where a candidate is looked for: the registering authority's area, or around the domicile."""
