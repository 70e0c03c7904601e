"""Reads predicates from the documents in which people write them, and refuses what can't be meant.

    all: [P, …]   any: [P, …]   not: P   {field: F, eq: V}   {field: F, in: [V, …]}
    {field: F, ge: N}   {field: F, le: N}   {field: F, is_null: true}

`N` is a number, `{parameter: name}`, or a period of the day that is asked about: `{period: year}`,
`{period: quarter, back: 1}` for the one before. Periods may stand under `eq`, too.
"""

from collections.abc import Collection
from typing import Any

from metrics_api.core.facts.columns import COLUMN_BY_NAME, Column
from metrics_api.core.facts.predicates import (
    Compare,
    Every,
    IsNull,
    Not,
    OneOf,
    Operand,
    Operator,
    ParameterRef,
    PeriodRef,
    Predicate,
    Scalar,
    Some,
)

_MAX_BACK = 40
_DATED: dict[str, Operator] = {"eq": "eq", "ge": "ge", "le": "le"}


class DefinitionError(ValueError):
    """A definition file says something that can't be counted; names the place and the reason."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def read_predicate(document: Any, parameters: Collection[str], path: str) -> Predicate:
    """The predicate that `document` describes.

    `parameters` are the names it may refer to; `path` says where in which file it stands, for the
    message. Raises `DefinitionError`.
    """
    if not isinstance(document, dict):
        raise DefinitionError(path, f"a predicate is a mapping, not {document!r}")
    if "field" in document:
        return _leaf(document, parameters, path)
    if len(document) != 1:
        raise DefinitionError(path, f"one of all, any, not, or a field; not {sorted(document)}")
    [(word, inner)] = document.items()
    if word == "not":
        return Not(read_predicate(inner, parameters, f"{path}.not"))
    if word not in ("all", "any"):
        raise DefinitionError(path, f"unknown word {word!r}; all, any, not or field")
    if not isinstance(inner, list) or not inner:
        raise DefinitionError(f"{path}.{word}", "a list of at least one predicate")
    parts = tuple(
        read_predicate(part, parameters, f"{path}.{word}[{index}]")
        for index, part in enumerate(inner)
    )
    return Every(parts) if word == "all" else Some(parts)


def _leaf(document: dict[str, Any], parameters: Collection[str], path: str) -> Predicate:
    column = COLUMN_BY_NAME.get(str(document["field"]))
    if column is None:
        raise DefinitionError(path, f"unknown field {document['field']!r}")
    operators = [key for key in document if key != "field"]
    if len(operators) != 1:
        raise DefinitionError(path, f"exactly one of eq, in, ge, le, is_null; not {operators}")
    [operator] = operators
    operand = document[operator]
    at = f"{path}.{column.name}"
    if operator == "is_null":
        if operand is not True:
            raise DefinitionError(at, "is_null is true; put it under not for the opposite")
        return IsNull(column.name)
    if operator == "in":
        if not isinstance(operand, list) or not operand:
            raise DefinitionError(at, "in takes a list of at least one value")
        return OneOf(column.name, tuple(_value(column, item, at) for item in operand))
    if isinstance(operand, dict) and "period" in operand and operator in _DATED:
        return Compare(column.name, _DATED[operator], _period(column, operand, at))
    if operator == "eq":
        return Compare(column.name, "eq", _value(column, operand, at))
    if operator == "ge":
        return Compare(column.name, "ge", _bound(column, operand, parameters, at))
    if operator == "le":
        return Compare(column.name, "le", _bound(column, operand, parameters, at))
    raise DefinitionError(at, f"unknown operator {operator!r}; eq, in, ge, le or is_null")


def _value(column: Column, value: Any, path: str) -> Scalar:
    """`value` if the column can hold it."""
    fits = {
        "code": isinstance(value, str) and value in column.codes,
        "text": isinstance(value, str) and value != "",
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "boolean": isinstance(value, bool),
    }[column.type]
    if not fits:
        choice = f"one of {', '.join(column.codes)}" if column.codes else f"a {column.type}"
        raise DefinitionError(path, f"{value!r} is never found there; {choice}")
    scalar: Scalar = value
    return scalar


def _period(column: Column, operand: dict[str, Any], path: str) -> PeriodRef:
    back = operand.get("back", 0)
    if set(operand) - {"period", "back"} or type(back) is not int or not 0 <= back <= _MAX_BACK:
        raise DefinitionError(path, f"period and back (0 to {_MAX_BACK}); not {operand}")
    if column.period is None or operand["period"] != column.period:
        holds = f"a {column.period}" if column.period else "no calendar period"
        raise DefinitionError(path, f"holds {holds}, not a {operand['period']!r}")
    return PeriodRef(column.period, back)


def _bound(
    column: Column, operand: Any, parameters: Collection[str], path: str
) -> int | ParameterRef:
    if column.type != "integer":
        raise DefinitionError(path, "ge and le compare numbers only")
    if isinstance(operand, dict) and set(operand) == {"parameter"}:
        if operand["parameter"] not in parameters:
            raise DefinitionError(path, f"unknown parameter {operand['parameter']!r}")
        return ParameterRef(operand["parameter"])
    if isinstance(operand, bool) or not isinstance(operand, int):
        raise DefinitionError(path, f"{operand!r} is neither a number nor a parameter")
    return operand


def predicate_document(predicate: Predicate) -> dict[str, Any]:
    """The document that `read_predicate` reads as `predicate`, for whoever recomputes a number."""
    match predicate:
        case Compare(column, operator, value):
            return {"field": column, operator: _operand_document(value)}
        case OneOf(column, values):
            return {"field": column, "in": list(values)}
        case IsNull(column):
            return {"field": column, "is_null": True}
        case Not(part):
            return {"not": predicate_document(part)}
        case Every(parts) | Some(parts):
            word = "all" if isinstance(predicate, Every) else "any"
            return {word: [predicate_document(part) for part in parts]}


def _operand_document(value: Operand) -> Scalar | dict[str, str | int]:
    match value:
        case ParameterRef(name):
            return {"parameter": name}
        case PeriodRef(period, back):
            return {"period": period, "back": back}
        case _:
            return value
