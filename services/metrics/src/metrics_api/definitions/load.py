"""Indicators, targets and parameters from their YAML files, checked before anything is counted.

A definition that can't be meant (unknown field, value never found, unknown indicator) refuses the
start of the service and names the file and the place.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

import msgspec
import yaml

from metrics_api.core.definitions.dimensions import DIMENSIONS
from metrics_api.core.definitions.forecasts import Forecast, Term
from metrics_api.core.definitions.indicators import DatedValue, Indicator, Parameter
from metrics_api.core.definitions.predicate_documents import DefinitionError, read_predicate
from metrics_api.core.definitions.satisfiability import satisfiable
from metrics_api.core.definitions.targets import Band, Target, TargetVariant
from metrics_api.core.definitions.weight_documents import adds_something, check_weight, read_measure
from metrics_api.core.definitions.weights import COUNTED, Measure
from metrics_api.core.facts.columns import DATE_COLUMNS
from metrics_api.core.facts.predicates import Every, Predicate, parameter_names
from servicekit.errors import Text
from servicekit.time import Period

Shape = TypeVar("Shape")


class _Closed(msgspec.Struct, forbid_unknown_fields=True):
    """A document in which an unknown member is a mistake."""


class _Wording(_Closed):
    zh: str
    en: str

    def wording(self) -> Text:
        return Text(self.zh, self.en)


class _Value(_Closed, rename={"start": "from"}):
    start: date
    value: int
    reference: str


class _Parameter(_Closed):
    title: _Wording
    values: list[_Value]


class _Indicator(_Closed):
    version: int
    title: _Wording
    formula: _Wording
    unit: str
    reference: str
    denominator: Any
    numerator: Any = None
    measure: Any = None


class _Variant(_Closed):
    id: str
    indicator: str
    title: _Wording


class _Target(_Closed):
    title: _Wording
    goal: str
    deadline: date
    reference: str
    variants: list[_Variant]
    filters: dict[str, list[str]] = {}


class _Band(_Closed):
    id: str
    title: _Wording
    short_by_at_most: str
    colour: str


class _Reading(_Closed):
    trend_months: int
    bands: list[_Band]


class _Term(_Closed):
    field: str | None = None
    plus_years: str | None = None
    day: date | None = None
    at_once: bool = False
    when: Any = None


class _Forecast(_Closed):
    version: int
    title: _Wording
    reference: str
    when: Any
    due: list[_Term]
    needs: str | None = None


@dataclass(frozen=True, slots=True)
class TargetReading:
    """How standings are read: months the trend is drawn over, bands from attained to short."""

    trend_months: int
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything that is counted, by id, in the order of the ids."""

    indicators: Mapping[str, Indicator]
    targets: Mapping[str, Target]
    parameters: Mapping[str, Parameter]
    target_reading: TargetReading
    forecasts: Mapping[str, Forecast]


def load_definitions(root: Traversable | None = None) -> Definitions:
    """Read the folders of definitions below `root` (the package's own by default).

    Raises `DefinitionError` for the first file that can't be meant.
    """
    folder = root or files("metrics_api.definitions")
    parameters = {
        name: _parameter(name, document, path)
        for name, path, document in _documents(folder / "parameters", _Parameter)
    }
    indicators = {
        name: _indicator(name, document, parameters, path)
        for name, path, document in _documents(folder / "indicators", _Indicator)
    }
    targets = {
        name: _target(name, document, indicators, path)
        for name, path, document in _documents(folder / "targets", _Target)
    }
    [reading] = [
        _reading(document, path)
        for _, path, document in _documents(folder / "attainment", _Reading)
    ]
    forecasts = {
        name: _forecast(name, document, parameters, path)
        for name, path, document in _documents(folder / "forecasts", _Forecast)
    }
    return Definitions(indicators, targets, parameters, reading, forecasts)


def _documents(folder: Traversable, shape: type[Shape]) -> Iterator[tuple[str, str, Shape]]:
    """Each file of `folder` by name: its id (the bare name), its path for messages, its content."""
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".yaml"):
            continue
        path = f"{folder.name}/{entry.name}"
        try:
            content = msgspec.convert(yaml.safe_load(entry.read_text("utf-8")), shape)
        except (yaml.YAMLError, msgspec.ValidationError) as error:
            raise DefinitionError(path, str(error)) from error
        yield entry.name.removesuffix(".yaml"), path, content


def _parameter(name: str, document: _Parameter, path: str) -> Parameter:
    starts = [value.start for value in document.values]
    if not starts or starts != sorted(set(starts)):
        raise DefinitionError(path, "values need rising dates, at least one")
    spans = tuple(
        Period(value.start, until, DatedValue(value.value, value.reference))
        for value, until in zip(document.values, [*starts[1:], None], strict=True)
    )
    return Parameter(name, document.title.wording(), spans)


def _indicator(
    name: str, document: _Indicator, parameters: Mapping[str, Parameter], path: str
) -> Indicator:
    measure = COUNTED
    if document.measure is not None:
        measure = read_measure(document.measure, f"{path}: measure")
    among = read_predicate(document.denominator, parameters, f"{path}: denominator")
    indicator = Indicator(
        id=name,
        version=document.version,
        title=document.title.wording(),
        formula=document.formula.wording(),
        unit=document.unit,
        reference=document.reference,
        denominator=among,
        condition=_condition(document, measure, among, parameters, path),
        measure=measure,
    )
    for span in _spans(indicator, parameters):
        resolved = indicator.on(span, parameters)
        if not satisfiable(resolved.denominator):
            raise DefinitionError(path, "denominator: nobody is ever in it: a division by zero")
        if not satisfiable(resolved.numerator):
            raise DefinitionError(path, "numerator: never within the denominator")
        check_weight(measure.numerator, resolved.denominator, f"{path}: measure.numerator")
        check_weight(measure.denominator, resolved.denominator, f"{path}: measure.denominator")
    return indicator


def _condition(
    document: _Indicator,
    measure: Measure,
    among: Predicate,
    parameters: Mapping[str, Parameter],
    path: str,
) -> Predicate:
    """Who counts; of a ratio of sums whoever adds something, unless the file narrows that."""
    if document.numerator is None and measure != COUNTED:
        return adds_something(measure.numerator, among)
    condition = read_predicate(document.numerator, parameters, f"{path}: numerator")
    return (
        condition
        if measure == COUNTED
        else Every((condition, adds_something(measure.numerator, condition)))
    )


def _spans(indicator: Indicator, parameters: Mapping[str, Parameter]) -> list[date]:
    """A day for each combination of numbers that the indicator is counted with."""
    names = parameter_names(indicator.denominator) | parameter_names(indicator.condition)
    starts = {span.start for name in names for span in parameters[name].values}
    latest = max((parameters[name].values[0].start for name in names), default=date.min)
    return sorted({max(start, latest) for start in starts} | {latest})


def _target(name: str, document: _Target, indicators: Mapping[str, Indicator], path: str) -> Target:
    for variant in document.variants:
        if variant.indicator not in indicators:
            raise DefinitionError(path, f"unknown indicator {variant.indicator!r}")
        if not indicators[variant.indicator].is_share:
            raise DefinitionError(path, f"{variant.indicator!r} is no share; a goal is one")
    for dimension, values in document.filters.items():
        if dimension not in DIMENSIONS:
            raise DefinitionError(path, f"unknown dimension {dimension!r}")
        codes = DIMENSIONS[dimension].codes
        for value in values:
            if codes and value not in codes:
                raise DefinitionError(path, f"{dimension}: {value!r} is never found there")
    return Target(
        id=name,
        title=document.title.wording(),
        goal=_goal(document.goal, path),
        deadline=document.deadline,
        reference=document.reference,
        filters={key: tuple(values) for key, values in document.filters.items()},
        variants=tuple(
            TargetVariant(v.id, v.indicator, v.title.wording()) for v in document.variants
        ),
    )


def _reading(document: _Reading, path: str) -> TargetReading:
    """Raises `DefinitionError` unless the bands rise from attained to every distance there is."""
    bands = tuple(
        Band(it.id, it.title.wording(), Fraction(it.short_by_at_most), it.colour)
        for it in document.bands
    )
    bounds = [band.short_by_at_most for band in bands]
    if not bounds or bounds != sorted(set(bounds)) or bounds[0] != 0 or bounds[-1] != 1:
        raise DefinitionError(path, "bands need rising bounds from 0 to 1")
    if not 1 <= document.trend_months <= 120:
        raise DefinitionError(path, "trend_months is from 1 to 120")
    return TargetReading(document.trend_months, bands)


def _forecast(
    name: str, document: _Forecast, parameters: Mapping[str, Parameter], path: str
) -> Forecast:
    for column in [document.needs, *(term.field for term in document.due)]:
        if column is not None and column not in DATE_COLUMNS:
            raise DefinitionError(path, f"{column!r} is no date of a fact")
    return Forecast(
        id=name,
        version=document.version,
        title=document.title.wording(),
        reference=document.reference,
        when=read_predicate(document.when, parameters, f"{path}: when"),
        terms=tuple(_term(term, parameters, f"{path}: due") for term in document.due),
        needs=document.needs,
    )


def _term(document: _Term, parameters: Mapping[str, Parameter], path: str) -> Term:
    """Raises `DefinitionError` unless exactly one of a field, a day or "at once" is meant."""
    ends = [document.field is not None, document.day is not None, document.at_once]
    if sum(ends) != 1:
        raise DefinitionError(path, "exactly one of field, day and at_once")
    if document.plus_years is not None and document.plus_years not in parameters:
        raise DefinitionError(path, f"unknown parameter {document.plus_years!r}")
    when = document.when and read_predicate(document.when, parameters, f"{path}.when")
    years = parameters[document.plus_years] if document.plus_years else None
    return Term(document.field, years, document.day, when)


def _goal(written: str, path: str) -> Fraction:
    try:
        goal = Fraction(written)
    except (ValueError, ZeroDivisionError):
        goal = Fraction(0)
    if not 0 < goal <= 1:
        raise DefinitionError(path, f"goal {written} is not a share of the whole")
    return goal
