"""Coverage of a city recomputed in plain Python, from what registry and router export alone.

Nothing of the metrics service is used here: dimensions and indicators are written out by hand from
DOMAIN's words. A city of ten thousand is counted once per pair of dimensions for all indicators
together.
"""

import sys
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from itertools import repeat
from math import lcm
from typing import Any

Document = dict[str, Any]
Tally = tuple[Fraction | int, Fraction | int]
Counts = dict[tuple[str, ...], Tally]
"""By key: numerator and denominator, exactly; groups of nobody are left out."""

UNASSIGNED = "unassigned"


def _operating(document: Document) -> bool:
    return bool(document["status"] == "active")


def _organization(document: Document) -> Document:
    return document["party"]["organization"] or {}


def _formed(document: Document) -> bool:
    return _organization(document).get("mode") in ("solo", "joint")


def _eligible(document: Document) -> bool:
    return (document["party"]["full_members"] or 0) >= 3


def _graded(document: Document) -> bool:
    return (document["grade"] or {}).get("level") in ("1A", "2A", "3A", "4A", "5A")


def _cross_posted(document: Document) -> bool | None:
    return (_organization(document).get("secretary") or {}).get("cross_posted")


def _included(document: Document, wording: str | None = None) -> bool:
    charter = document["charter"]
    return charter["state"] == "included" and (wording is None or charter["wording"] == wording)


def _worked(document: Document) -> bool:
    party = document["party"]
    workers = [party[role] for role in ("instructor", "liaison", "organizer")]
    return _formed(document) or any(worker is not None for worker in workers)


def _among(*asked: Callable[[Document], Any]) -> Callable[[Document], bool]:
    return lambda document: _operating(document) and all(ask(document) for ask in asked)


Reading = tuple[Callable[[Document], Any], Callable[[Document], Any]]


def _block(document: Document, *path: str) -> Document:
    for name in path:
        document = document[name] or {}
    return document


def _of_the_day(day: date) -> dict[str, Reading]:
    """Indicators that look at this calendar year or quarter and the one before."""
    year, quarter = day.year, (day.month + 2) // 3
    lately = {f"{year}Q{quarter}", f"{year}Q{quarter - 1}" if quarter > 1 else f"{year - 1}Q4"}

    def lived(document: Document) -> bool:
        life = _block(document, "party", "organizational_life")
        held = life.get("member_meetings", 0) and life.get("lectures", 0)
        return bool(held) and life["quarter"] in lately

    def trained(document: Document) -> bool:
        training = _block(document, "party", "training")
        return training.get("year") in (year, year - 1) and training["secretary_hours"] > 0

    return {
        "inspected_with_party_section": (
            _among(lambda d: _block(d, "annual_inspection").get("year") in (year, year - 1)),
            lambda d: _block(d, "annual_inspection")["party_section"],
        ),
        "regular_organizational_life": (_among(_formed), lived),
        "trained_secretaries": (_among(_formed), trained),
    }


READINGS: dict[str, Reading] = {
    "charter_inclusion": (_operating, _included),
    "charter_wording_v1": (_operating, lambda d: _included(d, "v1")),
    "charter_wording_v2": (_operating, lambda d: _included(d, "v2")),
    "cross_posted_secretaries": (
        _among(_formed, lambda d: _cross_posted(d) is not None),
        _cross_posted,
    ),
    "eligible_coverage": (_among(_eligible), _formed),
    "graded_eligible_formation": (_among(_graded, _eligible), _formed),
    "graded_formation": (_among(_graded), _formed),
    "in_operation_rate": (lambda d: d["status"] in ("active", "suspended"), _operating),
    "information_base_organizers": (
        _among(lambda d: not _formed(d), lambda d: not _eligible(d)),
        lambda d: d["party"]["organizer"] is not None,
    ),
    "joint_rate": (_operating, lambda d: _organization(d).get("mode") == "joint"),
    "organizational_coverage": (_operating, _formed),
    "solo_rate": (_operating, lambda d: _organization(d).get("mode") == "solo"),
    "work_coverage": (_operating, _worked),
    "demonstration_sites": (
        _among(_formed),
        lambda d: _block(d, "party", "demonstration_site").get("state") == "designated",
    ),
}
"""Of each indicator that is the same on every day: who is asked about, and who of them counts."""


Summing = tuple[Callable[[Document], Any], Callable[[Document], int]]


def _members(document: Document) -> int:
    party = document["party"]
    return int(party["full_members"]) + int(party["probationary_members"])


def _counted_members(document: Document) -> bool:
    party = document["party"]
    return party["full_members"] is not None and party["probationary_members"] is not None


def _units(document: Document) -> int:
    """How many share its Party organization; 0 where a joint one names nobody."""
    party = _organization(document)
    others = set(party["with"]) - {document["name"]}
    return 1 if party["mode"] == "solo" else (1 + len(others)) * bool(others)


RATIOS: dict[str, Summing] = {
    "members_per_party_organization": (
        _among(_formed, _units, _counted_members), _members,
    ),
    "covered_per_party_organization": (_among(_formed, _units), lambda d: 1),
}  # fmt: skip
"""Of each ratio of sums: who is asked about, and what it adds above; below it adds its share."""


def _size_band(staff: int | None) -> str | None:
    if staff is None:
        return None
    bands = ((1, "0"), (10, "1-9"), (50, "10-49"), (100, "50-99"))
    return next((band for below, band in bands if staff < below), "100+")


class CityOracle:
    """The organizations of one day as both services export them, with their dimensions."""

    def __init__(
        self,
        day: date,
        organizations: Iterable[Document],
        assignments: Iterable[Document],
        areas: list[Any],
    ) -> None:
        self.readings = READINGS | _of_the_day(day)
        self._areas = {area["code"]: area for area in areas}
        answers = {answer["organization_id"]: answer for answer in assignments}
        self.documents = list(organizations)
        self._keys: dict[str, list[str]] = defaultdict(list)
        self._whole = lcm(
            *(_units(document) or 1 for document in self.documents if _formed(document))
        )
        self._added: list[int] = []
        for document in self.documents:
            for name, value in self._dimensions(document, answers.get(document["id"])).items():
                self._keys[name].append(UNASSIGNED if value is None else value)
            self._added.append(self._packed(document))

    @property
    def indicators(self) -> list[str]:
        """What is counted."""
        return [*self.readings, *RATIOS]

    @property
    def dimensions(self) -> list[str]:
        """What can be grouped by."""
        return list(self._keys)

    def counts(self, group_by: tuple[str, ...]) -> dict[str, Counts]:
        """Every indicator by `group_by`."""
        keys = zip(*(self._keys[name] for name in group_by), strict=True)
        sums: dict[tuple[str, ...], int] = defaultdict(int)
        for key, added in zip(keys if group_by else repeat(()), self._added, strict=False):
            sums[key] += added
        found: dict[str, Counts] = {name: {} for name in self.indicators}
        for key, packed in sums.items():
            lanes = iter(_unpacked(packed, 2 * len(found)))
            for (name, counts), above, below in zip(found.items(), lanes, lanes, strict=True):
                if below:
                    shared = name in RATIOS
                    counts[key] = (above, Fraction(below, self._whole) if shared else below)
        return found

    def _packed(self, document: Document) -> int:
        """What it adds above and below for each indicator, side by side in one number.

        Adding two of these adds all their lanes at once, in Python's exact whole numbers. A share
        in a Party organization is counted in parts of `_whole`, which all shares divide.
        """
        lanes = array("Q")
        for asked, hit in self.readings.values():
            among = bool(asked(document))
            lanes.extend((among and bool(hit(document)), among))
        for asked, amount in RATIOS.values():
            among = bool(asked(document))
            lanes.extend((amount(document), self._whole // _units(document)) if among else (0, 0))
        return int.from_bytes(lanes.tobytes(), sys.byteorder)

    def _dimensions(self, document: Document, answer: Document | None) -> dict[str, str | None]:
        registration, party = document["registration"], _organization(document)
        authority = registration["authority"] or {}
        domicile = document["domicile"] or {}
        code = domicile.get("division_code") or authority.get("division_code")
        answer = answer or {}
        body = answer.get("supervising") or {}
        return {
            **self._path(code and code[:9]),
            "body": body.get("id"),
            "body_kind": body.get("kind"),
            **{name: answer.get(name) for name in ("outcome", "rule_set", "rule", "basis")},
            **{name: document[name] for name in ("kind", "institution_type", "category", "status")},
            "level": registration["level"],
            "mode": registration["mode"],
            "grade": (document["grade"] or {}).get("level"),
            "supervisor_system": (document["business_supervisor"] or {}).get("system"),
            "size_band": _size_band(document["full_time_staff"]),
            "party_form": party.get("form"),
            "party_mode": party.get("mode"),
            "charter_state": document["charter"]["state"],
            "charter_wording": document["charter"]["wording"],
        }

    def _path(self, code: str | None) -> dict[str, str | None]:
        """Up the directory's edges; every code of the demo city is in it."""
        path: dict[str, str | None] = dict.fromkeys(("province", "city", "district", "street"))
        while code is not None:
            area = self._areas[code]
            path[area["level"]] = code
            code = area["parent"]
        return path


def _unpacked(packed: int, lanes: int) -> "array[int]":
    """The lanes of a sum of packed numbers; each is far from its 64 bits in a city."""
    return array("Q", packed.to_bytes(lanes * 8, sys.byteorder))
