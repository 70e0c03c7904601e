"""Predicates compiled to polars."""

from functools import reduce
from operator import and_, or_

import polars as pl

from metrics_api.core.facts.predicates import (
    Compare,
    Every,
    IsNull,
    Not,
    OneOf,
    Predicate,
    Some,
    resolved,
)


def fact_expression(predicate: Predicate) -> pl.Expr:
    """A resolved predicate as an expression that is true or false, never null."""
    match predicate:
        case Compare():
            return _comparison(predicate)
        case OneOf(column, values):
            return reduce(or_, (pl.col(column).eq_missing(pl.lit(v)) for v in values))
        case IsNull(column):
            return pl.col(column).is_null()
        case Not(part):
            return ~fact_expression(part)
        case Every(parts):
            return reduce(and_, map(fact_expression, parts), pl.lit(True))
        case Some(parts):
            return reduce(or_, map(fact_expression, parts), pl.lit(False))


def _comparison(predicate: Compare) -> pl.Expr:
    column, bound = pl.col(predicate.column), pl.lit(resolved(predicate.value))
    if predicate.operator == "eq":
        return column.eq_missing(bound)
    compared = column >= bound if predicate.operator == "ge" else column <= bound
    return compared.fill_null(False)
