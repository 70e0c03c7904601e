"""A misspelt filter must not silently mean "all": unknown query parameters are refused."""

from fastapi import Request
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from servicekit.problems import Problem
from servicekit.refusals import Violation
from servicekit.standard_problems import UNKNOWN_PARAMETER


async def refuse_unknown_parameters(request: Request) -> None:
    """Hold a request to the parameters of its route. Raises Problem 400 naming the others."""
    if not request.query_params:
        return
    route = request.scope.get("route")
    dependant: Dependant | None = getattr(route, "dependant", None)
    if dependant is None:
        return
    allowed = _query_names(dependant)
    unknown = [name for name in request.query_params if name not in allowed]
    if unknown:
        listed = ", ".join(sorted(allowed)) or "-"
        raise Problem(
            UNKNOWN_PARAMETER,
            *(
                Violation(f"/{name}", "unknown_parameter", name, {"allowed": listed})
                for name in dict.fromkeys(unknown)
            ),
        )


def _query_names(dependant: Dependant) -> set[str]:
    """Of the route and of all it depends on; a model of parameters counts as its fields."""
    names: set[str] = set()
    for parameter in dependant.query_params:
        model = parameter.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            fields = model.model_fields.items()
            names |= {str(field.validation_alias or field.alias or name) for name, field in fields}
        else:
            names.add(parameter.alias)
    for inner in dependant.dependencies:
        names |= _query_names(inner)
    return names
