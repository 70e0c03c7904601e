"""分类指导: the recommended form of Party building for an organization, and why.

What is recommended, in which order of preference, stands in `data/guidance.yaml`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from registry_api.core.code_lists import list_codes
from registry_api.core.conditions import Condition, check_path, facts_of, read_condition
from registry_api.core.organization.columns import value_at
from registry_api.core.organization.state import State
from servicekit.errors import Text

MODES = ("solo", "joint", "keep", "worker", "none")
LEVELS = ("first", "high", "normal", "none")


@dataclass(frozen=True, slots=True)
class FormRule:
    """A recommendation and the condition under which it is the one."""

    name: str
    when: Condition
    mode: str
    form: str | None
    with_: tuple[tuple[str, Text], ...]
    reason: Text
    clause: Text
    source: str
    basis: str


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A mechanism that fits the kind.

    `recorded` None: the register does not record whether it is in place.
    """

    name: str
    when: Condition
    recorded: Condition | None
    title: Text
    source: str
    basis: str


@dataclass(frozen=True, slots=True)
class Priority:
    """Who comes first."""

    name: str
    when: Condition
    level: str
    reason: Text
    source: str
    basis: str


@dataclass(frozen=True, slots=True)
class Guidance:
    """The recommended form, the mechanisms, and who comes first.

    `with_` are words and the field they are about; each mechanism has whether it is in place.
    """

    form: FormRule
    with_: Sequence[tuple[Text, Any]]
    mechanisms: Sequence[tuple[Mechanism, bool | None]]
    priority: Priority


def guidance_for(state: State, day: date) -> Guidance:
    """What is recommended for an organization in a complete state on `day`."""
    form = next(rule for rule in forms().values() if _holds(rule.when, state, day))
    partners = ((words, value_at(state, path.split("."))) for path, words in form.with_)
    mechanisms = [
        (mechanism, None if mechanism.recorded is None else _holds(mechanism.recorded, state, day))
        for mechanism in _mechanisms().values()
        if _holds(mechanism.when, state, day)
    ]
    priority = next(level for level in _priorities().values() if _holds(level.when, state, day))
    return Guidance(
        form, [(words, value) for words, value in partners if value], mechanisms, priority
    )


def _holds(condition: Condition, state: State, day: date) -> bool:
    return condition.holds(facts_of(state, condition.paths), day)


@cache
def _data() -> Mapping[str, Any]:
    source = files("registry_api").joinpath("data/guidance.yaml").read_text("utf-8")
    data: Mapping[str, Any] = yaml.safe_load(source)
    for group in ("forms", "priorities"):
        if [*data[group].values()][-1]["when"]:
            raise ValueError(f"guidance.yaml: the last of {group} must hold for everybody")
    return data


@cache
def forms() -> Mapping[str, FormRule]:
    """The recommendations in order. Raises ValueError for what is wrong in the data file."""
    return {name: _form(name, raw) for name, raw in _data()["forms"].items()}


def _form(name: str, raw: Mapping[str, Any]) -> FormRule:
    allowed = [None, *list_codes("party_organization_form")]
    if raw["mode"] not in MODES or raw["form"] not in allowed:
        raise ValueError(f"guidance.yaml: {name} has no such mode or form")
    for path in raw["with"]:
        check_path(path)
    return FormRule(
        name,
        read_condition(raw["when"]),
        raw["mode"],
        raw["form"],
        tuple((path, Text(**words)) for path, words in raw["with"].items()),
        Text(**raw["reason"]),
        Text(**raw["clause"]),
        raw["source"],
        raw["basis"],
    )


@cache
def _mechanisms() -> Mapping[str, Mechanism]:
    return {
        name: Mechanism(
            name,
            read_condition(raw["when"]),
            read_condition(raw["recorded"]) if raw["recorded"] else None,
            Text(**raw["title"]),
            raw["source"],
            raw["basis"],
        )
        for name, raw in _data()["mechanisms"].items()
    }


@cache
def _priorities() -> Mapping[str, Priority]:
    by_level = {
        name: Priority(
            name,
            read_condition(raw["when"]),
            raw["level"],
            Text(**raw["reason"]),
            raw["source"],
            raw["basis"],
        )
        for name, raw in _data()["priorities"].items()
    }
    if not {priority.level for priority in by_level.values()} <= {*LEVELS}:
        raise ValueError("guidance.yaml: there is no such level")
    return by_level
