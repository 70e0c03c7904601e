"""Decisions for facts in the request."""

from typing import Any

import httpx
import pytest

from ..conftest import organization


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
