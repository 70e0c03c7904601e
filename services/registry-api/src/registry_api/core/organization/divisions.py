"""Administrative divisions (GB/T 2260 and street codes) that the register knows."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path


class Divisions:
    """Known division codes: province, city, district (6 digits) and street (9 digits).

    Communities (12 digits) are known by their street: there is no public national list of them
    that is kept up to date. Where it falls down: codes change over time and a published list lags;
    an operator adds missing codes in a file (`extra`).
    """

    def __init__(self, codes: frozenset[str]) -> None:
        self._codes = codes

    @classmethod
    def load(cls, extra: Path | None = None) -> "Divisions":
        """The packaged list, with the codes of an operator's CSV (column `code`) added."""
        codes = frozenset(division_names())
        if extra is not None:
            with extra.open(encoding="utf-8-sig", newline="") as file:
                codes = codes | {row["code"].strip() for row in csv.DictReader(file)}
        return cls(codes)

    def knows(self, code: str) -> bool:
        """Whether the code, or the street of a community's code, is on the list."""
        return code[:9] in self._codes


@cache
def division_names() -> Mapping[str, str]:
    """The packaged list: the name of each division and street by its code."""
    text = files("registry_api").joinpath("data/divisions.csv").read_text("utf-8")
    return {row["code"]: row["name"] for row in csv.DictReader(text.splitlines())}


def level_of(division_code: str) -> str:
    """The level of registration of an authority in this division (6 digits, a street 9)."""
    if len(division_code) == 9:
        return "street"
    if division_code == "100000":
        return "national"
    if division_code.endswith("0000"):
        return "provincial"
    if division_code.endswith("00"):
        return "municipal"
    return "district"
