"""A body and those beneath it on a day.

They are of the kinds of its line (`labels/lines.yaml`), in its area and the areas below. Facts name
the body of their own day. Seen from another day a body that has ended by then is found in its
successor, as the router finds it. Where the model falls down: a body that only begins after the day
counts under itself alone.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from metrics_api.core.areas.areas import STREET_DIGITS, AreaHierarchy
from metrics_api.core.areas.bodies import BodyDirectory, BodyVersion

Lines = Mapping[str, frozenset[str]]
"""By kind of body: the kinds beneath it, at whatever depth."""


def lines_of(direct: Mapping[str, Iterable[str]]) -> Lines:
    """The kinds at whatever depth from those right beneath; a kind may be beneath itself."""
    lines = {}
    for kind in direct:
        beneath: set[str] = set()
        waiting = list(direct[kind])
        while waiting:
            below = waiting.pop()
            if below not in beneath:
                beneath.add(below)
                waiting += direct.get(below, ())
        lines[kind] = frozenset(beneath)
    return lines


def counted_under(
    top: str, bodies: BodyDirectory, areas: AreaHierarchy, lines: Lines, day: date
) -> frozenset[str]:
    """The bodies whose organizations count under `top` on `day`.

    They are itself, those beneath it, and those that one of these stands for by then. `areas` are
    those of the day.
    """
    there = bodies.there_on(day)
    version = bodies.versions.nearest(top, day)
    under = {top}
    if version is not None and version.area_code is not None:
        kinds = lines.get(version.kind, frozenset())
        under |= {
            body.code
            for body in there.values()
            if body.kind in kinds and _lies_in(body, version.area_code, areas)
        }
    ended = (code for code in bodies.codes if code not in there and code not in under)
    return frozenset(under).union(
        code for code in ended if bodies.standing_for(code, there, day) in under
    )


def _lies_in(body: BodyVersion, area: str, areas: AreaHierarchy) -> bool:
    """Communities are often not in the directory: such a one lies where its street does."""
    code = body.area_code
    if code is None or code == area:
        return code is not None
    known = areas.name(code) is not None
    return area in areas.path(code if known else code[:STREET_DIGITS])
