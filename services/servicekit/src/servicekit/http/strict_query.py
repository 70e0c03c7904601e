"""Refuses unknown query parameters: a misspelt filter must not silently mean "all".

A parameter that takes one value is refused when it is repeated: no value is silently dropped.
"""

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from servicekit.errors.refusal import Violation
from servicekit.errors.standard import InvalidRequest, UnknownParameter


async def refuse_unknown_parameters(request: Request) -> None:
    """Hold a request to the parameters of its route.

    Raises UnknownParameter naming the others, InvalidRequest for what takes one value and has
    several.
    """
    if not request.query_params:
        return
    route = request.scope.get("route")
    dependant: Dependant | None = getattr(route, "dependant", None)
    if dependant is None:
        return
    allowed = getattr(route, _REMEMBERED, None)
    if allowed is None:
        allowed = _query_names(dependant)
        setattr(route, _REMEMBERED, allowed)
    unknown = [name for name in request.query_params if name not in allowed]
    if unknown:
        listed = ", ".join(sorted(allowed)) or "-"
        raise UnknownParameter(
            *(
                Violation(f"/{name}", "unknown_parameter", name, {"allowed": listed})
                for name in dict.fromkeys(unknown)
            )
        )
    sent = [name for name, _ in request.query_params.multi_items()]
    if len(sent) > len(request.query_params):
        repeated = [n for n in dict.fromkeys(sent) if sent.count(n) > 1 and not allowed[n]]
        if repeated:
            raise InvalidRequest(*(Violation(f"/{n}", "repeated_parameter", n) for n in repeated))


_REMEMBERED = "_query_names"
"""Where a route keeps what was found of its parameters: every request asks for it."""


def _query_names(dependant: Dependant) -> dict[str, bool]:
    """Of the route and of all it depends on, and whether each takes several values.

    A model of parameters counts as its fields.
    """
    names: dict[str, bool] = {}
    for parameter in dependant.query_params:
        model = parameter.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            fields = model.model_fields.items()
            names |= {
                str(field.validation_alias or field.alias or name): _is_list(field.annotation)
                for name, field in fields
            }
        else:
            names[parameter.alias] = _is_list(model)
    for inner in dependant.dependencies:
        names |= _query_names(inner)
    return names


def _is_list(annotation: Any) -> bool:
    """Whether the type, or one of its alternatives, holds several values."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _is_list(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return any(map(_is_list, get_args(annotation)))
    return (origin or annotation) in (list, tuple, set, frozenset)
