"""The profiles of ``data/profiles.toml``, read into what the inventor draws from."""

import datetime
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from demo_city.invention.chance import Spread, Weighted


@dataclass(frozen=True, slots=True)
class Profile:
    """One sort of organization: how many, and from which distributions its facts are drawn.

    The file explains each field; ``None`` means that the field was left out there.
    """

    kind: str
    institution_type: str
    count: int
    level: Weighted[str]
    category: Weighted[str]
    mode: Weighted[str] | None
    supervisor: str | None
    licence: Weighted[str | None] | None
    affiliation: Weighted[str | None] | None
    words: tuple[str, ...] | None
    registered: Spread
    staff: Spread
    members: Spread
    formed: int
    without_domicile: int
    without_type: int


@cache
def profiles() -> tuple[Profile, ...]:
    """All profiles in the order of the file."""
    text = files("demo_city").joinpath("data/profiles.toml").read_text(encoding="utf-8")
    return tuple(_profile(row) for row in tomllib.loads(text)["profile"])


def _profile(row: dict[str, Any]) -> Profile:
    registered: list[datetime.date] = row["registered"]
    return Profile(
        kind=row["kind"],
        institution_type=row["institution_type"],
        count=row["count"],
        level=Weighted(row["level"]),
        category=Weighted(row["category"]),
        mode=Weighted(row["mode"]) if "mode" in row else None,
        supervisor=row.get("supervisor"),
        licence=_or_none(row["licence"]) if "licence" in row else None,
        affiliation=_share(row["affiliation"]) if "affiliation" in row else None,
        words=tuple(row["words"]) if "words" in row else None,
        registered=Spread([day.toordinal() for day in registered]),
        staff=Spread(row["staff"]),
        members=Spread(row["members"]),
        formed=row["formed"],
        without_domicile=row.get("without_domicile", 0),
        without_type=row.get("without_type", 0),
    )


def _or_none(weights: dict[str, int]) -> Weighted[str | None]:
    """TOML has no null: the file writes ``none`` for it."""
    return Weighted({None if key == "none" else key: weight for key, weight in weights.items()})


def _share(percent: dict[str, int]) -> Weighted[str | None]:
    """Per cent for each value, the rest up to 100 for having none."""
    rest: dict[str | None, int] = {None: 100 - sum(percent.values())}
    return Weighted({**percent, **rest})
