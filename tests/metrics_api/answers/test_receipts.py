"""A receipt says what an answer rests on, and its request gives the same bytes whatever follows."""

import hashlib
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.metrics_api.histories import BODIES, organization_state
from tests.metrics_api.world import START, World

from metrics_api.definitions.load import load_definitions
from servicekit.testing import TestKeys

QUESTIONS: list[tuple[str, dict[str, str]]] = [
    ("/v1/coverage", {"indicator": "organizational_coverage"}),
    ("/v1/coverage", {"indicator": "eligible_coverage", "group_by": "street,body", "kind": ""}),
    ("/v1/coverage", {"indicator": "work_coverage", "area": "440303", "valid_on": "2015-07-01"}),
    ("/v1/targets", {}),
]


async def asked(world: World, path: str, params: dict[str, str] | None = None) -> httpx.Response:
    answer = await world.client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer


def learn_more(world: World) -> None:
    """A newcomer, a correction of what was counted, a renamed body, an area that moved, a rule."""
    histories = world.histories
    histories.tell(UUID(int=9), START, organization_state())
    histories.tell(UUID(int=1), START, {"party": {"organization": None, "full_members": 1}})
    histories.body("health", BODIES["health"], "改名后的党委", START)
    histories.area("440303001", "street", "440306", START, "改了区的街道")
    histories.rule_set("shenzhen-2015", "440300", START, None)


@pytest.mark.parametrize(("path", "params"), QUESTIONS)
async def test_the_request_of_a_receipt_answers_the_same_bytes_after_later_changes(
    world: World, path: str, params: dict[str, str]
) -> None:
    await world.apply()
    before = await asked(world, path, params)
    receipt = before.json()["receipt"]
    learn_more(world)
    await world.apply()
    world.clock.set(date(2019, 3, 1))
    now = await asked(world, path, params)
    again = await asked(world, receipt["request"])
    assert again.content == before.content
    assert now.content != before.content
    await world.factory.live_copy.load()
    anew = await asked(world, receipt["request"])
    assert anew.content == before.content


@pytest.mark.parametrize(("path", "params"), QUESTIONS)
async def test_the_digest_is_of_the_answer_without_it(
    world: World, path: str, params: dict[str, str]
) -> None:
    await world.apply()
    answer = await asked(world, path, params)
    digest = answer.json()["receipt"]["digest"]
    without = answer.content.replace(b',"digest":"%b"}}' % digest.encode(), b"}}")
    assert len(without) < len(answer.content)
    assert hashlib.sha256(without).hexdigest() == digest
    assert answer.headers["etag"] == f'"{digest}"'


async def test_a_caller_who_has_the_bytes_gets_no_second_copy(world: World) -> None:
    await world.apply()
    path, params = QUESTIONS[0]
    tag = (await asked(world, path, params)).headers["etag"]
    same = await world.client.get(path, params=params, headers={"if-none-match": tag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert "content-type" not in same.headers  # there is no content
    learn_more(world)
    await world.apply()
    changed = await world.client.get(path, params=params, headers={"if-none-match": tag})
    assert changed.status_code == 200


async def test_a_receipt_names_what_was_counted_and_under_which_rules(world: World) -> None:
    histories = world.histories
    histories.rule_set("shenzhen-2016", "440300", START, date(2018, 1, 1))
    histories.rule_set("shenzhen-2018", "440300", date(2018, 1, 1), None)
    await world.apply()
    params = {"indicator": "eligible_coverage", "valid_on": "2016-06-14", "edition": "2"}
    receipt = (await asked(world, "/v1/coverage", params)).json()["receipt"]
    indicator = load_definitions().indicators["eligible_coverage"]
    told = (await asked(world, "/v1/indicators/eligible_coverage")).json()
    assert receipt["indicators"] == {
        "eligible_coverage": {"version": indicator.version, "digest": told["digest"]}
    }
    assert receipt["rule_sets"] == [{"id": "shenzhen-2016", "digest": "digest of shenzhen-2016"}]
    assert receipt["request"] == (
        "/v1/coverage?edition=2&indicator=eligible_coverage&valid_on=2016-06-14"
    )
    earlier = (await asked(world, "/v1/coverage", {**params, "edition": "1"})).json()["receipt"]
    assert (earlier["rule_sets"], earlier["positions"]["router"]) == ([], 0)


async def test_a_limited_caller_s_receipt_names_nothing_of_other_territories(
    world: World, keys: TestKeys
) -> None:
    for scope in ("440000", "440300", "440306", "320100"):
        world.histories.rule_set(f"rules-{scope}", scope, START, None)
    await world.apply()
    seen: dict[str, Any] = {}
    for area in ("440303", "440300", "3201"):
        headers = keys.headers("metrics:read", areas=[area])
        answer = await world.client.get("/v1/coverage", params=QUESTIONS[0][1], headers=headers)
        receipt = answer.json()["receipt"]
        seen[area] = [rule_set["id"] for rule_set in receipt["rule_sets"]]
        assert receipt["areas"] is not None
    assert seen == {
        "440303": ["rules-440000", "rules-440300"],
        "440300": ["rules-440000", "rules-440300", "rules-440306"],
        "3201": ["rules-320100"],
    }
