"""The query parameters that filter, made from the table of filters in `facets`."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import Depends, Query
from pydantic import BaseModel, Field, StringConstraints, create_model

from registry_api.core.code_lists import Coded
from registry_api.core.field_types import CivilDate
from registry_api.core.organization.facets import AREA, Facet, Filter, facets, filters
from servicekit.auth import area_prefix

_MAX_VALUES = 200
_Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Division = Annotated[str, StringConstraints(pattern="^[0-9]{2,12}$")]
_Number = Annotated[int, Field(ge=0, le=2_000_000_000)]

_MEANING = {
    "one_of": "one of these 之一",
    "any_of": "with any of these 含其中之一",
    "prefix": "prefixes of the code 代码前缀",
    "contains": "contains each of these 包含",
    "min": "at least 不少于",
    "max": "at most 不多于",
    "from": "on this day or later 自（含）",
    "before": "before this day 早于（不含）",
    "is": "known to be so, or not 是否",
}


def _parameter(filter_: Filter) -> tuple[Any, Any]:
    """Its type and default, as `pydantic.create_model` takes them."""
    facet = filter_.facet
    if facet is None:
        names = _literal(tuple(n for n, facet in facets().items() if _can_be_unknown(facet)))
        return _several(names), Field(None, description="Of these nothing is known 未知项")
    meaning = _MEANING[filter_.operator]
    if facet is AREA:
        meaning = "under these divisions (440300: the whole city) 所在区划"
    return _type(filter_, facet) | None, Field(None, description=f"{facet.title}: {meaning}")


def _literal(values: tuple[str, ...]) -> Any:
    """What type checkers could not know: a literal of values that come from a table."""
    literal: Any = Literal
    return literal[values]


def _can_be_unknown(facet: Facet) -> bool:
    return facet.kind != "presence" and facet.name not in {"name", "kind", "status"}


def _type(filter_: Filter, facet: Facet) -> Any:
    if filter_.operator == "prefix":
        return _several(_Division)
    if filter_.operator in ("min", "max"):
        return _Number
    if filter_.operator in ("from", "before"):
        return CivilDate
    if filter_.operator == "is":
        return bool
    return _several(Annotated[str, Coded(facet.code_list)] if facet.code_list else _Word)


def _several(item: Any) -> Any:
    return Annotated[list[item], Field(max_length=_MAX_VALUES)]


def _dependency(names: Mapping[str, str]) -> Any:
    """The parameters as a dependency: a dict of filters by name.

    `names` are those that a route calls otherwise, because it uses the name itself.
    """
    fields: dict[str, Any] = {
        names.get(name, name): _parameter(filter_) for name, filter_ in filters().items()
    }
    parameters_: type[BaseModel] = create_model("Filters", **fields)
    own = {called: name for name, called in names.items()}

    async def requested_filters(parameters: BaseModel) -> dict[str, Any]:
        """A repeated parameter means "one of these", different ones "and"."""
        sent = parameters.model_dump(exclude_none=True)
        requested = {own.get(name, name): value for name, value in sent.items() if value != []}
        if AREA.name in requested:
            requested[AREA.name] = [area_prefix(code) for code in requested[AREA.name]]
        return requested

    requested_filters.__annotations__["parameters"] = Annotated[parameters_, Query()]
    return Depends(requested_filters)


Filters = Annotated[dict[str, Any], _dependency({})]

FiltersOfWhoOwes = Annotated[dict[str, Any], _dependency({"kind": "organization_kind"})]
"""The same for lists of obligations, whose `kind` is that of the obligation."""
