"""Dated parameters of the router, each with its source; from `policy/parameters.yaml`."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from jurisdiction_router.core.rules.yaml_text import read_text

Parameters = Mapping[str, tuple[tuple[date, int], ...]]
"""By name: values with the day from which each holds, in that order."""


def read_parameters(text: str) -> Parameters:
    """Read the parameter file. Errors: `KeyError` or `Refusal` for a file of another shape."""
    value: dict[str, Any] = read_text(text).value
    return {
        name: tuple(sorted((_day(dated["from"]), int(dated["value"])) for dated in entry["values"]))
        for name, entry in value.items()
    }


def parameter_on(parameters: Parameters, name: str, day: date) -> int:
    """The value in force on `day`; the first one for days before it. Errors: `KeyError`."""
    values = parameters[name]
    return next((value for start, value in reversed(values) if start <= day), values[0][1])


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
