"""`GET /v1/coverage` as its users see it."""

from typing import Any
from uuid import UUID

import pytest
from tests.metrics_api.histories import organization_state
from tests.metrics_api.world import START, World

from metrics_api.coverage.schemas import Coverage
from servicekit.testing import TestKeys

COVERAGE = "/v1/coverage"
INDICATOR = {"indicator": "organizational_coverage"}


async def ask(world: World, **params: Any) -> dict[str, Any]:
    answer = await world.client.get(COVERAGE, params={**INDICATOR, **params})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    Coverage.model_validate(document)
    return document


async def test_the_answer_has_the_whole_the_parts_and_a_receipt(world: World) -> None:
    await world.apply()
    answer = await ask(world, group_by="kind", valid_on="2016-01-01")
    receipt = answer.pop("receipt")
    assert (receipt["edition"], receipt["positions"]) == (
        2, {"registry": 5, "router": len(world.histories.router)},
    )  # fmt: skip
    assert answer == {
        "indicator": "organizational_coverage",
        "valid_on": "2016-01-01",
        "hierarchy_on": None,
        "is_share": True,
        "divisors": {"numerator": 1, "denominator": 1},
        "total": {"numerator": 3, "denominator": 4, "rate": 0.75},
        "groups": [
            {"by": {"kind": "foundation"}, "numerator": 0, "denominator": 1, "rate": 0.0},
            {"by": {"kind": "private_nonenterprise"}, "numerator": 2, "denominator": 2,
             "rate": 1.0},
            {"by": {"kind": "social_association"}, "numerator": 1, "denominator": 1, "rate": 1.0},
        ],
    }  # fmt: skip


async def test_without_data_the_whole_is_nothing(world: World) -> None:
    empty = await ask(world, group_by="district,kind")
    assert (empty["receipt"]["edition"], empty["groups"]) == (0, [])
    assert empty["total"] == {"numerator": 0, "denominator": 0, "rate": None}


async def test_without_group_by_there_is_only_the_whole(world: World) -> None:
    await world.apply()
    whole = await ask(world)
    assert (whole["groups"], whole["total"]["denominator"]) == ([], 4)
    assert whole["valid_on"] == "2016-06-14"


async def test_areas_and_bodies_carry_their_names_and_the_unassigned_show(world: World) -> None:
    await world.apply()
    found = await ask(world, group_by=["district", "body"])
    groups = [(g["by"], g["labels"], g["denominator"]) for g in found["groups"]]
    assert groups == [
        ({"district": "440303", "body": "health"}, {"district": "罗湖区", "body": "health党委"}, 1),
        ({"district": "440303", "body": "unassigned"}, {"district": "罗湖区", "body": None}, 2),
        ({"district": "440306", "body": "street-1"},
         {"district": "宝安区", "body": "street-1党委"}, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "denominator"),
    [
        ({"kind": "foundation"}, 1),
        ({"kind": "foundation,social_association"}, 2),
        ({"kind": ["foundation", "social_association"]}, 2),
        ({"area": "440306"}, 1),
        ({"area": "440303002"}, 1),
        ({"area": "440300"}, 4),
        ({"district": "440303", "kind": "private_nonenterprise"}, 1),
        ({"body": "unassigned"}, 2),
        ({"outcome": "needs_decision"}, 1),
        ({"grade": "unassigned"}, 1),
        ({"street": "unassigned"}, 1),
    ],
)
async def test_filters_limit_the_whole(
    world: World, filters: dict[str, Any], denominator: int
) -> None:
    await world.apply()
    assert (await ask(world, **filters))["total"]["denominator"] == denominator


async def test_a_caller_limited_to_areas_counts_only_those(world: World, keys: TestKeys) -> None:
    await world.apply()
    for areas, denominator in ((["440303"], 4), (["440300"], 4), (["440306"], 0), ([], 0)):
        answer = await world.client.get(
            COVERAGE, params=INDICATOR, headers=keys.headers("metrics:read", areas=areas)
        )
        assert answer.json()["total"]["denominator"] == denominator, areas


@pytest.mark.parametrize(
    ("params", "status", "pointer", "rule"),
    [
        ({"indicator": "happiness"}, 422, "/indicator", "unknown_indicator"),
        ({"group_by": "colour"}, 422, "/group_by", "unknown_dimension"),
        ({"group_by": "kind,kind"}, 422, "/group_by", "dimension_twice"),
        ({"group_by": "kind,rule,body,basis,level,mode,grade"}, 422, "/group_by",
         "too_many_dimensions"),
        ({"kind": "club"}, 422, "/kind", "unknown_code"),
        ({"area": "999999"}, 422, "/area", "unknown_area"),
        ({"area": "罗湖区"}, 422, "/area", "unknown_area"),
        ({"district": "440377"}, 422, "/district", "unknown_area"),  # no other test names it
        ({"body": "nobody"}, 422, "/body", "unknown_body"),
        ({"hierarchy": "as_ever"}, 422, "/hierarchy", "unknown_hierarchy"),
        ({"hierarchy": "2016-02-30"}, 422, "/hierarchy", "unknown_hierarchy"),
        ({"hierarchy": "x" * 500}, 422, "/hierarchy", "string_too_long"),
        ({"valid_on": "2016-13-01"}, 422, "/valid_on", None),
        ({"valid_on": "yesterday"}, 422, "/valid_on", None),
        ({"edition": 3}, 422, "/edition", "edition_ahead"),
        ({"edition": -1}, 422, "/edition", "greater_than_equal"),
        ({"edition": "new"}, 422, "/edition", "int_parsing"),
        ({"color": "red"}, 400, "/color", "unknown_parameter"),
        ({"indicator": "eligible_coverage", "valid_on": "1970-01-01"}, 422, "/valid_on",
         "parameter_undefined"),
    ],
)  # fmt: skip
async def test_what_does_not_exist_is_refused_by_name_and_value(
    world: World, params: dict[str, Any], status: int, pointer: str, rule: str | None
) -> None:
    await world.apply()
    answer = await world.client.get(COVERAGE, params={**INDICATOR, **params})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    [error] = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert rule is None or error["rule"] == rule
    assert "{" not in error["detail"]


async def test_more_groups_than_anyone_reads_are_refused_with_what_to_do(world: World) -> None:
    for number in range(100, 150):
        code = f"440303{number}"
        world.histories.tell(
            UUID(int=number),
            START,
            organization_state(domicile={"division_code": code, "address": None}),
        )
    await world.apply()
    params = {**INDICATOR, "group_by": "street"}
    answer = await world.client.get(COVERAGE, params=params, headers={"accept-language": "en"})
    assert answer.status_code == 413
    assert answer.json()["limit"] == 40
    assert "take a dimension out" in answer.json()["detail"]


async def test_a_token_and_the_scope_are_needed(world: World, keys: TestKeys) -> None:
    for headers, status in (({"authorization": ""}, 401), (keys.headers("registry:read"), 403)):
        answer = await world.client.get(COVERAGE, params=INDICATOR, headers=headers)
        assert answer.status_code == status


async def test_a_number_is_no_date(world: World) -> None:
    """It would be read as a Unix time."""
    for name in ("valid_on", "hierarchy"):
        answer = await world.client.get(
            "/v1/coverage", params={"indicator": "organizational_coverage", name: "1468454400"}
        )
        assert answer.status_code == 422, name
