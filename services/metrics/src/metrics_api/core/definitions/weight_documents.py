"""Reads what an organization adds to a sum from the documents in which people write it.

    organizations            each counts one
    {sum: [F, …]}            the numbers of its own in these fields
    {share_of: F}            its share where F units make one together: 1/F

A `measure` has one for the `numerator` and one for the `denominator`.
"""

from typing import Any

from metrics_api.core.definitions.predicate_documents import DefinitionError
from metrics_api.core.definitions.satisfiability import satisfiable
from metrics_api.core.definitions.weights import Measure, Weight
from metrics_api.core.facts.columns import COLUMN_BY_NAME
from metrics_api.core.facts.predicates import Compare, Every, IsNull, Predicate, Some


def read_measure(document: Any, path: str) -> Measure:
    """The measure that `document` describes; `path` says where it stands.

    Raises `DefinitionError`.
    """
    if not isinstance(document, dict) or set(document) != {"numerator", "denominator"}:
        raise DefinitionError(path, "a measure has a numerator and a denominator")
    read = {side: _weight(told, f"{path}.{side}") for side, told in document.items()}
    return Measure(read["numerator"], read["denominator"])


def measure_document(measure: Measure) -> dict[str, Any]:
    """The document that `read_measure` reads as `measure`."""
    return {
        "numerator": _weight_document(measure.numerator),
        "denominator": _weight_document(measure.denominator),
    }


def adds_something(weight: Weight, among: Predicate) -> Predicate:
    """Who of `among` adds to the sum of `weight`: with numbers of its own where one is not zero."""
    if not weight.columns:
        return among
    return Some(tuple(Compare(column, "ge", 1) for column in weight.columns))


def check_weight(weight: Weight, among: Predicate, path: str) -> None:
    """Raise `DefinitionError` where a number could be unknown or a division by zero.

    `among` are the organizations that are counted, as a resolved predicate; what is unknown must
    not pass for zero.
    """
    for column in weight.columns:
        if satisfiable(Every((among, IsNull(column)))):
            raise DefinitionError(path, f"{column} may be unknown: leave out who has none")
    if weight.divisor is None:
        return
    no_share = Some((IsNull(weight.divisor), Compare(weight.divisor, "le", 0)))
    if satisfiable(Every((among, no_share))):
        raise DefinitionError(
            path, f"{weight.divisor} may be unknown or zero: a division by zero; ask for ge: 1"
        )


def _weight(document: Any, path: str) -> Weight:
    if document == "organizations":
        return Weight()
    if isinstance(document, dict) and len(document) == 1:
        [(word, inner)] = document.items()
        if word == "sum" and isinstance(inner, list) and inner:
            return Weight(tuple(_number(field, path) for field in inner))
        if word == "share_of":
            return Weight(divisor=_number(inner, path))
    raise DefinitionError(
        path, f"one of organizations, sum: [field, …] and share_of: field; not {document!r}"
    )


def _number(field: Any, path: str) -> str:
    column = COLUMN_BY_NAME.get(str(field))
    if column is None:
        raise DefinitionError(path, f"unknown field {field!r}")
    if column.type != "integer" or column.period is not None:
        raise DefinitionError(path, f"{field!r} is no number that can be summed")
    return column.name


def _weight_document(weight: Weight) -> str | dict[str, Any]:
    if weight.divisor is not None:
        return {"share_of": weight.divisor}
    return {"sum": list(weight.columns)} if weight.columns else "organizations"
