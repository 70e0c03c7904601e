"""What is counted and which goals there are, as their users see it."""

from typing import Any

from tests.metrics_api.world import World

from metrics_api.core.definitions.predicate_documents import read_predicate
from metrics_api.core.definitions.weight_documents import read_measure
from metrics_api.definitions.load import load_definitions


async def test_an_indicator_is_told_well_enough_to_recompute_it(world: World) -> None:
    listed = (await world.client.get("/v1/indicators")).json()["indicators"]
    definitions = load_definitions()
    for document in listed:
        indicator = definitions.indicators[document["id"]]
        names = document["parameters"]
        assert read_predicate(document["denominator"], names, "") == indicator.denominator
        assert read_predicate(document["numerator"], names, "") == indicator.condition
        measure = document["measure"]
        assert (measure is None) is indicator.is_share
        assert measure is None or read_measure(measure, "") == indicator.measure
        one = await world.client.get(f"/v1/indicators/{document['id']}")
        assert one.json() == document
    eligible = next(i for i in listed if i["id"] == "eligible_coverage")
    [value] = eligible["parameters"]["full_members_for_branch"]
    assert value["value"] == 3
    assert "党章" in value["reference"] or "章程" in value["reference"]


async def test_an_unknown_indicator_is_not_found(world: World) -> None:
    answer = await world.client.get("/v1/indicators/happiness")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def targets(world: World, **params: Any) -> dict[str, dict[str, Any]]:
    answer = await world.client.get("/v1/targets", params=params)
    assert answer.status_code == 200, answer.text
    return {target["id"]: target for target in answer.json()["targets"]}


async def test_targets_ahead_are_counted_today_and_in_every_reading(world: World) -> None:
    await world.apply()
    found = await targets(world)
    four = found["formation_4a_2016"]
    assert (four["goal"], four["deadline"], four["valid_on"]) == (0.8, "2016-12-31", "2016-06-14")
    figures = {v["id"]: (v["numerator"], v["denominator"]) for v in four["variants"]}
    assert figures == {"all": (2, 3), "eligible": (2, 2)}
    standing = {v["id"]: (v["attained"], v["missing"]) for v in four["variants"]}
    assert standing == {"all": (False, 1), "eligible": (True, 0)}


async def test_a_target_for_nobody_is_neither_attained_nor_missed(world: World) -> None:
    await world.apply()
    five = (await targets(world))["formation_5a_2016"]
    assert [(v["attained"], v["rate"]) for v in five["variants"]] == [(None, None), (None, None)]


async def test_targets_are_counted_on_the_day_and_edition_asked_for(world: World) -> None:
    await world.apply()
    found = await targets(world, valid_on="2014-06-01", edition=1)
    assert {target["valid_on"] for target in found.values()} == {"2014-06-01"}
    assert (await world.client.get("/v1/targets", params={"edition": 9})).status_code == 422
