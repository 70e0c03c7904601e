"""Areas and bodies as the API and the feed show them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from jurisdiction_router.core.directory.areas_and_bodies import (
    Area,
    Body,
    FormerName,
    OtherCode,
    ParentEdge,
    Succession,
    name_on,
)
from jurisdiction_router.core.directory.change import AreaEntry
from jurisdiction_router.core.periods import boundaries, holds_on, pieces
from servicekit.time import Segment


def area_document(entry: AreaEntry, today: date) -> dict[str, Any]:
    """An area as the API shows it; `parent` is the one of `today`, else the last one."""
    edges = sorted(entry.edges, key=lambda edge: edge.valid_from)
    now = _parent_on(edges, today)
    return {
        "code": entry.area.code,
        "name": entry.area.name,
        "level": entry.area.level,
        "parent": now or (edges[-1].parent if edges else None),
        "valid_from": entry.area.valid_from.isoformat(),
        "valid_until": iso(entry.area.valid_until),
        "parents": [
            {
                "parent": edge.parent,
                "valid_from": edge.valid_from.isoformat(),
                "valid_until": iso(edge.valid_until),
            }
            for edge in edges
        ],
        "former_names": _names(entry.area.former_names),
        "codes": [
            {
                "system": code.system,
                "code": code.code,
                "valid_from": code.valid_from.isoformat(),
                "valid_until": iso(code.valid_until),
            }
            for code in entry.area.codes
        ],
        "successors": successors(entry),
    }


def successors(entry: AreaEntry) -> list[dict[str, Any]]:
    """What succeeds an area, and from when, in the order of dates and codes."""
    ordered = sorted(entry.successions, key=lambda s: (s.valid_from, s.successor))
    return [{"code": s.successor, "valid_from": s.valid_from.isoformat()} for s in ordered]


def area_from(document: Mapping[str, Any]) -> AreaEntry:
    """The area that `area_document` shows."""
    code = document["code"]
    return AreaEntry(
        Area(
            code,
            document["name"],
            document["level"],
            date.fromisoformat(document["valid_from"]),
            _day(document["valid_until"]),
            _former_names(document),
            tuple(OtherCode(c["system"], c["code"], *_period(c)) for c in document["codes"]),
        ),
        tuple(ParentEdge(code, edge["parent"], *_period(edge)) for edge in document["parents"]),
        tuple(
            Succession(code, heir["code"], date.fromisoformat(heir["valid_from"]))
            for heir in document["successors"]
        ),
    )


def area_timeline(entry: AreaEntry) -> list[Segment]:
    """An area's timeline for the feed: one stretch per name and parent."""
    area = entry.area
    cuts = sorted({former.until for former in area.former_names} | boundaries(entry.edges))
    heirs = successors(entry)
    return [
        Segment(start, until, {
            "code": area.code,
            "name": name_on(area, start),
            "level": area.level,
            "parent": _parent_on(entry.edges, start),
            "successors": heirs,
        })
        for start, until in pieces(area.valid_from, area.valid_until, cuts)
    ]  # fmt: skip


def body_document(body: Body) -> dict[str, Any]:
    """A body as the API shows it."""
    return {
        "id": body.id,
        "kind": body.kind,
        "name": body.name,
        "area_code": body.area_code,
        "system": body.system,
        "valid_from": body.valid_from.isoformat(),
        "valid_until": iso(body.valid_until),
        "successor": body.successor,
        "former_names": _names(body.former_names),
    }


def body_from(document: Mapping[str, Any]) -> Body:
    """The body that `body_document` shows."""
    start, end = _period(document)
    dates = {"valid_from": start, "valid_until": end, "former_names": _former_names(document)}
    return Body(**{**document, **dates})


def body_timeline(body: Body) -> list[Segment]:
    """A body's timeline for the feed: one stretch per name."""
    cuts = [former.until for former in body.former_names]
    document = body_document(body)
    del document["former_names"]
    return [
        Segment(start, until, {**document, "name": name_on(body, start)})
        for start, until in pieces(body.valid_from, body.valid_until, cuts)
    ]


def as_on(document: dict[str, Any], day: date) -> dict[str, Any]:
    """The document of an area or a body with the name and the parent it has on `day`."""
    text = day.isoformat()
    name = next((f["name"] for f in document["former_names"] if text < f["until"]), None)
    dated = {**document, "name": name or document["name"]}
    for edge in document.get("parents", ()):
        until = edge["valid_until"]
        if edge["valid_from"] <= text and (until is None or text < until):
            dated["parent"] = edge["parent"]
    return dated


def iso(day: date | None) -> str | None:
    """A date as documents write it."""
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _period(document: Mapping[str, Any]) -> tuple[date, date | None]:
    return date.fromisoformat(document["valid_from"]), _day(document["valid_until"])


def _former_names(document: Mapping[str, Any]) -> tuple[FormerName, ...]:
    return tuple(
        FormerName(former["name"], date.fromisoformat(former["until"]))
        for former in document["former_names"]
    )


def _names(names: Iterable[FormerName]) -> list[dict[str, str]]:
    return [{"name": name, "until": until.isoformat()} for name, until in names]


def _parent_on(edges: Iterable[ParentEdge], day: date) -> str | None:
    return next((edge.parent for edge in edges if holds_on(edge, day)), None)
