"""Dated parameters of the register, each with its source, from `data/parameters.yaml`."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value that holds from `start` until the next one's start."""

    start: date
    value: Any
    basis: str
    source: str
    text: str


def parameter(name: str, day: date) -> DatedValue | None:
    """The value of the parameter in force on `day`, None before its first.

    Raises KeyError for a parameter that the data file does not have.
    """
    in_force = [dated for dated in _parameters()[name] if dated.start <= day]
    return in_force[-1] if in_force else None


def starts(name: str) -> list[date]:
    """The days on which a value of the parameter takes effect, in order. Raises KeyError."""
    return [dated.start for dated in _parameters()[name]]


@cache
def _parameters() -> dict[str, list[DatedValue]]:
    source = files("registry_api").joinpath("data/parameters.yaml").read_text("utf-8")
    return {
        name: sorted(
            (
                DatedValue(v["from"], v["value"], v["basis"], v["source"], v["text"])
                for v in raw["values"]
            ),
            key=lambda dated: dated.start,
        )
        for name, raw in yaml.safe_load(source).items()
    }
