"""Whatever is sent to any operation: no 5xx, and no status, shape or problem its document lacks.

schemathesis makes up requests by the committed documents, those that fit them and those that do
not; some of the ids and dates it makes up are changed into ones that there are.
"""

from pathlib import Path
from typing import Any
from zlib import crc32

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks
from tests.contract.conftest import SmallCity

_OPENAPI = Path(__file__).resolve().parents[2] / "openapi"
load_all_checks()
_CHECKS: Any = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)
_NAMES = ("registry-api", "jurisdiction-router", "metrics")
_SCHEMAS = {name: schemathesis.openapi.from_path(str(_OPENAPI / f"{name}.yaml")) for name in _NAMES}
Case = schemathesis.Case[Any]

_FUZZ = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def _hold(case: Case, name: str, city: SmallCity) -> None:
    for part in (case.path_parameters, case.query, case.body):
        _make_plausible(part, city)
    headers = {"authorization": f"Bearer {city.token}"}
    parameters = case.operation.definition.raw.get("parameters", [])
    if any(parameter.get("name") == "if-match" for parameter in parameters):
        headers["if-match"] = "*"
    answer = case.call_and_validate(
        base_url=city.addresses[name], headers=headers, checks=_CHECKS, timeout=60
    )
    declared = case.operation.definition.raw["responses"].get(str(answer.status_code))
    if declared and answer.headers.get("content-type") == ["application/problem+json"]:
        slug = answer.json()["type"].rpartition("/")[2]
        assert f"`{slug}`" in declared["description"], f"{slug} is not declared"


def _make_plausible(part: Any, city: SmallCity) -> None:
    """Change what is made up into what there is, two times in three, always the same way."""
    if not isinstance(part, dict):
        return
    there_is = {
        "organization_id": city.organizations,
        "effective_on": ["2015-12-31", "2016-07-01", "2019-03-01"],
        "valid_on": ["2015-12-31", "2016-07-01"],
        "indicator": ["organizational_coverage", "in_operation_rate"],
    }
    for name in part.keys() & there_is.keys():
        number = crc32(repr(part[name]).encode())
        if number % 3:
            part[name] = there_is[name][number % len(there_is[name])]


@_SCHEMAS["registry-api"].parametrize()
@_FUZZ
def test_registry(case: Case, small_city: SmallCity) -> None:
    _hold(case, "registry-api", small_city)


@_SCHEMAS["jurisdiction-router"].parametrize()
@_FUZZ
def test_router(case: Case, small_city: SmallCity) -> None:
    _hold(case, "jurisdiction-router", small_city)


@_SCHEMAS["metrics"].parametrize()
@_FUZZ
def test_metrics(case: Case, small_city: SmallCity) -> None:
    _hold(case, "metrics", small_city)
