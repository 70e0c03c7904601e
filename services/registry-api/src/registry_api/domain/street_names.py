"""Streets by what lists call them: 桂园街道, 桂园街道办事处, 深圳市罗湖区桂园街道.

Names repeat, so a name counts for a code only among the streets of the authority that registers the
organization, and only if it is one street's. Where it falls down: the list holds today's names, so
an old one is told to be unknown; streets that an operator has added have a code only.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from registry_api.domain.cells import BadCell, Tell
from registry_api.domain.divisions import division_names
from registry_api.domain.quoting import clean
from servicekit.errors import Violation

_HAN = re.compile(r"[\u4e00-\u9fff]")
_OFFICE = re.compile(r"(?<=街道)办(?:事处)?$|办事处$")
_ENDINGS = ("", "街道", "镇", "乡")
_LISTED = 5


def read_street(pointer: str, text: str, authority: str | None, tell: Tell) -> str | None:
    """The code of the street that `text` names; None where it is no name at all.

    `authority` is the division of whoever registers the organization, None where nobody says it;
    `tell` gets the notice that a name was read. Raises BadCell with the streets it may be.
    """
    if not _HAN.search(text):
        return None
    name = re.sub(r"\s", "", clean(text))
    found = _called(name, _prefix(authority)) if authority else ()
    if len(found) == 1:
        facts = {"read": found[0], "name": _full_name(found[0])}
        tell(Violation(pointer, "street_by_name", text, facts))
        return found[0]
    likely = found or _nearest(name, authority or "")
    if not likely:
        raise BadCell(Violation(pointer, "unknown_street", text))
    raise BadCell(Violation(pointer, "which_street", text, {"candidates": _listed(likely)}))


@lru_cache(maxsize=50_000)
def _called(name: str, prefix: str) -> Sequence[str]:
    """The streets below `prefix` that `name` may mean, as it stands or as that of an office."""
    office = _OFFICE.sub("", name)
    return _named(name, prefix) or (_named(office, prefix) if office != name else ())


def _named(name: str, prefix: str) -> Sequence[str]:
    """The streets of this name, which may begin with those of divisions they lie in."""
    for start in range(len(name) - 1):
        above, tail = name[:start], name[start:]
        for ending in _ENDINGS:
            codes = _streets().get(tail + ending, ())
            found = [c for c in codes if c.startswith(prefix) and _lies_in(c, above)]
            if found:
                return found
    return ()


def _nearest(name: str, authority: str) -> Sequence[str]:
    """Those of this name in the same city, else the province, else the country."""
    wider = (authority[:length] for length in (4, 2) if authority)
    return next((found for prefix in (*wider, "") if (found := _called(name, prefix))), ())


def _prefix(division_code: str) -> str:
    """What all codes below a division begin with: 440300 → 4403, 440303001 → 440303."""
    return "" if division_code == "100000" else re.sub("(?:00){1,2}$", "", division_code[:6])


def _lies_in(code: str, above: str) -> bool:
    """Whether `above` is names of divisions that the street lies in, the largest first."""
    for name in _names_above(code):
        above = above.removeprefix(name)
    return not above


def _names_above(code: str) -> list[str]:
    names = division_names()
    codes = dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code[:6]))
    return [names[each] for each in codes if each in names]


def _full_name(code: str) -> str:
    return "".join(_names_above(code)) + division_names()[code]


def _listed(codes: Iterable[str]) -> str:
    named = [f"{code} {_full_name(code)}" for code in codes]
    more = f" … ({len(named)})" if len(named) > _LISTED else ""
    return " / ".join(named[:_LISTED]) + more


@cache
def _streets() -> Mapping[str, Sequence[str]]:
    """The codes of the streets of each name."""
    found: dict[str, list[str]] = {}
    for code, name in division_names().items():
        if len(code) == 9:
            found.setdefault(name, []).append(code)
    return found
