"""Predicates compiled to SQL over the fact table."""

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, true

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
from metrics_api.tables import fact


def fact_condition(predicate: Predicate) -> ColumnElement[bool]:
    """A resolved predicate as a condition on `fact` that is true or false, never null."""
    match predicate:
        case Compare():
            return _comparison(predicate)
        case OneOf(column, values):
            return func.coalesce(fact.c[column].in_(values), false())
        case IsNull(column):
            return fact.c[column].is_(None)
        case Not(part):
            return not_(fact_condition(part))
        case Every(parts):
            return and_(true(), *map(fact_condition, parts))
        case Some(parts):
            return or_(false(), *map(fact_condition, parts))


def _comparison(predicate: Compare) -> ColumnElement[bool]:
    column, bound = fact.c[predicate.column], resolved(predicate.value)
    if predicate.operator == "eq":
        return column.is_not_distinct_from(bound)
    compared = column >= bound if predicate.operator == "ge" else column <= bound
    return func.coalesce(compared, false())
