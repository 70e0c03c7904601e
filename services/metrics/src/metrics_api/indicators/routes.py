"""`GET /v1/indicators`: what is counted, and by which rule."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path

from metrics_api.access import ReadingCaller
from metrics_api.core.definitions.digest import definition_digest
from metrics_api.core.definitions.indicators import Indicator, Parameter
from metrics_api.core.definitions.predicate_documents import predicate_document
from metrics_api.core.definitions.weight_documents import measure_document
from metrics_api.core.facts.predicates import parameter_names
from metrics_api.definitions.load import Definitions
from metrics_api.indicators.schemas import IndicatorDocument, IndicatorList
from servicekit.errors import NotFound, responses
from servicekit.http import USUAL, provided

router = APIRouter(tags=["definitions"])

Known = Annotated[Definitions, provided(Definitions)]


@router.get(
    "/v1/indicators",
    operation_id="list_indicators",
    summary="All indicators 全部指标",
    response_model=IndicatorList,
    responses=responses(USUAL),
)
async def indicators(known: Known, caller: ReadingCaller) -> dict[str, Any]:
    """Every indicator with its formula, predicates, parameters and reference."""
    return {"indicators": [_document(it, known.parameters) for it in known.indicators.values()]}


@router.get(
    "/v1/indicators/{indicator_id}",
    operation_id="read_indicator",
    summary="One indicator 单个指标",
    response_model=IndicatorDocument,
    responses=responses(USUAL, NotFound),
)
async def indicator(
    known: Known,
    caller: ReadingCaller,
    indicator_id: Annotated[str, Path(description="Id of the indicator 指标编号")],
) -> dict[str, Any]:
    """One indicator, complete enough to recompute its numbers elsewhere."""
    indicator = known.indicators.get(indicator_id)
    if indicator is None:
        raise NotFound()
    return _document(indicator, known.parameters)


def _document(indicator: Indicator, parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    names = parameter_names(indicator.denominator) | parameter_names(indicator.condition)
    return {
        "id": indicator.id,
        "version": indicator.version,
        "digest": definition_digest(indicator, parameters),
        "title": indicator.title,
        "formula": indicator.formula,
        "unit": indicator.unit,
        "reference": indicator.reference,
        "denominator": predicate_document(indicator.denominator),
        "numerator": predicate_document(indicator.condition),
        "measure": None if indicator.is_share else measure_document(indicator.measure),
        "parameters": {name: _values(parameters[name]) for name in sorted(names)},
    }


def _values(parameter: Parameter) -> list[dict[str, Any]]:
    return [
        {"from": span.start, "value": span.value.number, "reference": span.value.reference}
        for span in parameter.values
    ]
