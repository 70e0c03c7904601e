"""Who joins whom: makes joint branches of units that are neighbours.

A joint branch needs three full members and should not have more than five units (the
Party's regulations on branches), so units of one street are put together until both hold. Every
unit then tells the same story: the others' names, the same day, the same secretary.
"""

from collections.abc import Callable
from typing import Any

from demo_city.invention.party_building import BRANCH_MEMBERS

MAX_UNITS = 5


def join_neighbours(documents: list[dict[str, Any]], outside: Callable[[], str]) -> None:
    """Fills in ``party.organization.with`` of all joint ones, in place.

    A foundation joins its sponsor's unit; a unit that no neighbour is left for joins a unit that
    is no social organization, whose name *outside* invents.
    """
    by_street: dict[str, list[dict[str, Any]]] = {}
    for document in documents:
        organization = document["party"]["organization"]
        if organization is None or organization["mode"] != "joint":
            continue
        if document["kind"] == "foundation":
            organization["with"] = [document["sponsor"]]
        else:
            by_street.setdefault(neighbourhood(document), []).append(document)
    for units in by_street.values():
        for group in groups(units):
            tell_the_same(group, [outside()] if len(group) == 1 else [])


def neighbourhood(document: dict[str, Any]) -> str:
    """The street a unit is in, or, with no domicile known, the district that registered it."""
    domicile = document["domicile"]
    if domicile is None:
        return str(document["registration"]["authority"]["division_code"])
    return str(domicile["division_code"])[:9]


def groups(units: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Cuts neighbours into groups of two to five units with three full members or more."""
    found: list[list[dict[str, Any]]] = []
    group: list[dict[str, Any]] = []
    for unit in units:
        group.append(unit)
        if len(group) > 1 and members(group) >= BRANCH_MEMBERS:
            found.append(group)
            group = []
    if not group:
        return found
    if found and len(found[-1]) + len(group) <= MAX_UNITS:
        found[-1] += group
        return found
    return [*found, *([unit] for unit in group)]


def members(group: list[dict[str, Any]]) -> int:
    """The full members of a group."""
    return sum(unit["party"]["full_members"] for unit in group)


def tell_the_same(group: list[dict[str, Any]], outsiders: list[str]) -> None:
    """Gives the units of one joint branch the same day, secretary and list of partners.

    The day is the last of the days drawn for them: only then were all of them there.
    """
    organizations = [unit["party"]["organization"] for unit in group]
    established = max(organization["established_on"] for organization in organizations)
    secretary = organizations[0]["secretary"]
    if secretary is not None:
        appointed = max(secretary["appointed_on"], established)
        secretary = {**secretary, "appointed_on": appointed}
    for unit, organization in zip(group, organizations, strict=True):
        organization["established_on"] = established
        organization["secretary"] = None if secretary is None else dict(secretary)
        organization["with"] = [other["name"] for other in group if other is not unit] + outsiders
