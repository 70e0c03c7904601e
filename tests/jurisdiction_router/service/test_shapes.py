"""Stored documents have exactly the fields that the specification says."""

from typing import Any
from uuid import UUID

import httpx
from pydantic import BaseModel
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.small_city import organization

from jurisdiction_router.assignments import schemas
from jurisdiction_router.decisions import schemas as decision_schemas
from jurisdiction_router.directory import schemas as directory_schemas
from jurisdiction_router.rule_sets import schemas as rule_set_schemas
from servicekit.follower import FeedStatus, Follower

CLINIC = str(UUID(int=2))


def assert_shape(model: type[BaseModel], document: dict[str, Any]) -> None:
    model.model_validate(document)
    declared = {field.alias or name for name, field in model.model_fields.items()}
    assert set(document) == declared


async def test_what_is_sent_is_what_is_described(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, organization()))
    away = organization(
        domicile={"division_code": "110101001"},
        registration={"authority": {"division_code": "110101"}},
    )
    registry.say(str(UUID(int=3)), "2009-03-02", ("2009-03-02", None, away))
    await follower.step()
    for number in (2, 3):
        one = (await city.get(f"/v1/assignments/{UUID(int=number)}")).json()
        assert_shape(schemas.AssignmentWithDecision, one)
    page = (await city.get("/v1/assignments")).json()
    assert_shape(schemas.AssignmentPage, page)
    for item in page["items"]:
        assert_shape(schemas.Assignment, item)
    assert_shape(schemas.AssignmentSummary, (await city.get("/v1/assignments/summary")).json())
    decided = await city.post("/v1/decisions", json={"organization": organization()})
    assert_shape(decision_schemas.Decision, decided.json())
    assert_shape(FeedStatus, (await city.get("/v1/feed-status")).json())
    assert_shape(directory_schemas.Area, (await city.get("/v1/areas/440303")).json())
    assert_shape(directory_schemas.Body, (await city.get("/v1/bodies")).json()["items"][0])
    assert_shape(rule_set_schemas.RuleSet, (await city.get("/v1/rule-sets")).json()["items"][0])
    whole = (await city.get("/v1/rule-sets/shenzhen-2016")).json()
    assert_shape(rule_set_schemas.RuleSetWithContent, whole)


async def test_a_token_is_needed_everywhere_but_where_health_is_told(
    city: httpx.AsyncClient,
) -> None:
    for path in ("/v1/assignments", "/v1/areas", "/v1/rule-sets", "/v1/changes", "/v1/feed-status"):
        answer = await city.get(path, headers={"authorization": ""})
        assert answer.status_code == 401
    for path in ("/healthz", "/readyz", "/version", "/openapi.json"):
        answer = await city.get(path, headers={"authorization": ""})
        assert answer.status_code == 200
