"""Decisions for facts in the request."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.small_city import organization

from servicekit.follower import Follower


async def test_whole_facts_give_a_full_decision(city: httpx.AsyncClient) -> None:
    question = {
        "organization": organization(institution_type="private_hospital"),
        "valid_on": "2016-06-14",
    }
    answer = (await city.post("/v1/decisions", json=question)).json()
    assert answer["outcome"] == "assigned"
    assert answer["supervising"]["name"] == "市委卫生工委"
    assert answer["valid_on"] == "2016-06-14"
    assert len(answer["decision"]) == 64
    assert "民办医院党组织由市委卫生工委领导和管理" in answer["explanation"]["en"]


async def test_a_field_left_out_is_asked_for_and_null_is_an_answer(
    city: httpx.AsyncClient,
) -> None:
    known = organization()
    del known["licence_issuer"], known["affiliation"]
    answer = (await city.post("/v1/decisions", json={"organization": known})).json()
    assert answer["missing"] == ["affiliation", "licence_issuer"]
    names = {a["supervising"]["name"] for a in answer["possible"]}
    assert names == {"罗湖区卫生系统党委", "桂园街道党工委"}
    known |= {"licence_issuer": None, "affiliation": None}
    answer = (await city.post("/v1/decisions", json={"organization": known})).json()
    assert answer["supervising"]["name"] == "桂园街道党工委"


async def test_where_only_the_street_is_missing_every_street_is_asked_for(
    city: httpx.AsyncClient,
) -> None:
    """One answer for each street of the authority's territory, as if it were known."""
    known = organization(licence_issuer=None)
    known["registration"]["authority"]["division_code"] = "440300"
    known["domicile"] = None
    question: dict[str, Any] = {"organization": known}
    answer = (await city.post("/v1/decisions", json=question)).json()
    assert (answer["outcome"], answer["missing"]) == ("needs_decision", ["domicile"])
    assert answer["question"] == {
        "zh": "住所在哪个街道？", "en": "In which street does the domicile lie?"
    }  # fmt: skip
    assert answer["explanation"]["zh"].endswith(answer["question"]["zh"])
    streets = [street for one in answer["possible"] for street in one["when"]["domicile"]]
    assert sorted(streets) == ["440303001", "440309001"]
    assert len(answer["possible"]) == 2
    for one in answer["possible"]:
        assert one["supervising"]["name"] in answer["explanation"]["en"]
        for street in one["when"]["domicile"]:
            there = {"organization": {**known, "domicile": {"division_code": street}}}
            told = (await city.post("/v1/decisions", json=there)).json()
            assert {name: told[name] for name in ("outcome", "rule", "supervising")} == {
                name: one[name] for name in ("outcome", "rule", "supervising")
            }
    plain = {"organizations": [known], "trace": False}
    (item,) = (await city.post("/v1/decisions/batch", json=plain)).json()["items"]
    assert (item["possible"], item["question"]) == (answer["possible"], answer["question"])
    known["registration"]["authority"]["division_code"] = "440309"
    (one,) = (await city.post("/v1/decisions", json=question)).json()["possible"]
    assert one["when"] == {"domicile": ["440309001"]}


async def test_what_is_stored_hangs_on_no_street_the_organization_may_not_lie_in(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    known = organization(licence_issuer=None, domicile=None)
    registry.say(str(UUID(int=1)), "2009-03-02", ("2009-03-02", None, known))
    await follower.step()
    held = (await city.get(f"/v1/assignments/{UUID(int=1)}")).json()
    assert (held["missing"], held["possible"], held["question"]) == (["domicile"], [], None)


async def test_before_the_rule_set_there_is_no_answer(city: httpx.AsyncClient) -> None:
    question = {"organization": organization(), "valid_on": "2015-12-31"}
    answer = await city.post("/v1/decisions", json=question)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("no-rule-set-in-force")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"organization": {"kind": "club"}},
        {"organization": {"colour": "red"}},
        {"organization": {"domicile": {"division_code": "44"}}},
        {"organization": {}, "valid_on": "yesterday"},
        {"organization": {"registration": {"mode": 1}}},
    ],
)
async def test_bad_facts_are_named(city: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await city.post("/v1/decisions", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("/")


async def test_many_are_decided_as_each_alone(city: httpx.AsyncClient) -> None:
    questions: list[dict[str, Any]] = [
        organization(),
        organization(institution_type="private_hospital"),
        organization(),
        {"kind": "foundation", "domicile": {"division_code": "440303001"}},
        organization(
            domicile={"division_code": "110101001"},
            registration={"authority": {"division_code": "110101"}},
        ),
    ]
    alone = [
        (await city.post("/v1/decisions", json={"organization": each})).json() for each in questions
    ]
    path = "/v1/decisions/batch"
    whole = await city.post(path, json={"organizations": questions, "trace": True})
    assert whole.status_code == 200
    valid_on = whole.json()["valid_on"]
    assert [{"valid_on": valid_on, **item} for item in whole.json()["items"]] == alone
    plain = (await city.post(path, json={"organizations": questions})).json()["items"]
    left_out = ("valid_on", "decision", "trace", "nearest_flip", "explanation")
    assert plain == [{k: v for k, v in each.items() if k not in left_out} for each in alone]
    early = {"organizations": questions[:1], "valid_on": "2015-12-31"}
    assert (await city.post(path, json=early)).json()["items"] == [None]
    refused: list[dict[str, Any]] = [{"organizations": []}, {"organizations": [{}] * 1001}, {}]
    for wrong in refused:
        assert (await city.post(path, json=wrong)).status_code == 422
