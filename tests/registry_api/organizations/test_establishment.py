"""成立登记 over HTTP: what lands, what is owed, what is refused and how it is said."""

import asyncio
import re
from typing import Any

import httpx
import pytest
from tests.registry_api.samples import credit_code, hospital

from servicekit.testing import TestKeys


async def test_a_sound_establishment_lands_and_names_what_is_owed(
    registry: httpx.AsyncClient,
) -> None:
    answer = await registry.post("/v1/organizations", json=hospital(reason="新设"))
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["revision"] == 1
    assert [o["kind"] for o in body["obligations"]] == ["assign_organizer"]
    assert answer.headers["location"] == f"/v1/organizations/{body['id']}"
    read = await registry.get(answer.headers["location"])
    assert read.headers["etag"] == answer.headers["etag"] == '"1"'
    assert read.json() == {k: v for k, v in body.items() if k != "obligations"}
    page = (await registry.get("/v1/changes")).json()
    (event,) = page["events"]
    assert event["type"] == "organization.established"
    assert event["subject"] == body["id"]
    assert event["data"]["effective_on"] == "2016-03-01"
    assert event["data"]["reason"] == "新设"
    assert event["data"]["areas"] == ["440303001"]
    assert event["data"]["timeline"] == [
        {
            "from": "2016-03-01",
            "until": None,
            "state": {k: v for k, v in read.json().items() if k not in {"id", "revision"}},
        }
    ]


async def test_enough_full_members_owe_a_party_organization_at_once(
    registry: httpx.AsyncClient,
) -> None:
    party = {"full_members": 3, "probationary_members": 0}
    answer = await registry.post("/v1/organizations", json=hospital(party=party))
    (owed,) = answer.json()["obligations"]
    assert (owed["kind"], owed["due_on"]) == ("form_party_organization", "2016-03-01")


def _with(path: str, value: Any) -> dict[str, Any]:
    body = hospital()
    *parents, last = path.split(".")
    target = body
    for key in parents:
        target = target[key]
    target[last] = value
    return body


@pytest.mark.parametrize(
    ("body", "pointer", "rule"),
    [
        (_with("credit_code", "521101087699048931"), "/credit_code", "check_character"),
        (_with("credit_code", "12345"), "/credit_code", "string_pattern_mismatch"),
        (
            _with("domicile.division_code", "440399001"),
            "/domicile/division_code",
            "unknown_division",
        ),
        (
            _with("registration.authority.division_code", "999900"),
            "/registration/authority/division_code",
            "unknown_division",
        ),
        (_with("charter", {"state": "none"}), "/charter/state", "charter_clause_missing"),
        (_with("party.full_members", -1), "/party/full_members", "greater_than_equal"),
        (_with("party.full_members", "3"), "/party/full_members", "int_type"),
        (_with("party", {}), "/party/full_members", "members_not_collected"),
        (_with("nickname", "x"), "/nickname", "extra_forbidden"),
        (_with("kind", "company"), "/kind", "literal_error"),
        (
            _with("registration.registered_on", "2099-01-01"),
            "/registration/registered_on",
            "future_date",
        ),
        (_with("registration.registered_on", 0), "/registration/registered_on", "date_parsing"),
        (_with("name", ""), "/name", "string_too_short"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_each_broken_rule_is_named_with_field_value_and_words(
    registry: httpx.AsyncClient, body: dict[str, Any], pointer: str, rule: str, language: str
) -> None:
    answer = await registry.post(
        "/v1/organizations", json=body, headers={"accept-language": language}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    found = {(e["pointer"], e["rule"]): e for e in problem["errors"]}
    assert (pointer, rule) in found, problem
    detail = found[pointer, rule]["detail"]
    assert not re.search(r"{[a-z_]+}", detail)
    assert detail.endswith(".") == (language == "en")
    assert (await registry.get("/v1/changes")).json()["head"] == 0


async def test_before_2016_the_charter_clause_is_no_gate(registry: httpx.AsyncClient) -> None:
    body = _with("charter", {"state": "none"})
    body["registration"]["registered_on"] = "2015-12-31"
    assert (await registry.post("/v1/organizations", json=body)).status_code == 201


async def test_a_wrong_check_character_can_be_waived_with_a_reason(
    registry: httpx.AsyncClient,
) -> None:
    body = hospital(credit_code="521101087699048931", credit_code_waiver="证书原件如此")
    answer = await registry.post("/v1/organizations", json=body)
    assert answer.status_code == 201
    assert answer.json()["credit_code_waiver"] == "证书原件如此"


async def test_a_body_that_is_not_json_is_a_400(registry: httpx.AsyncClient) -> None:
    answer = await registry.post(
        "/v1/organizations", content=b"{not json", headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["type"].split("/")[-1]) == (400, "malformed-json")


async def test_one_code_one_organization_even_at_the_same_moment(
    registry: httpx.AsyncClient,
) -> None:
    answers = await asyncio.gather(
        *(registry.post("/v1/organizations", json=hospital()) for _ in range(5))
    )
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409, 409]
    refused = next(a for a in answers if a.status_code == 409).json()
    assert refused["errors"][0]["value"] == credit_code(1)
    assert (await registry.get("/v1/changes")).json()["head"] == 1


async def test_a_retry_with_the_same_key_gets_the_same_answer(registry: httpx.AsyncClient) -> None:
    headers = {"idempotency-key": "k1"}
    answers = await asyncio.gather(
        *(registry.post("/v1/organizations", json=hospital(), headers=headers) for _ in range(4))
    )
    assert {a.status_code for a in answers} == {201}
    assert len({a.text for a in answers}) == 1
    other = await registry.post("/v1/organizations", json=hospital(2), headers=headers)
    assert other.status_code == 422
    assert other.json()["type"].endswith("idempotency-conflict")


async def test_writes_outside_the_callers_areas_are_refused(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    headers = keys.headers(areas=["440304"])
    answer = await registry.post("/v1/organizations", json=hospital(), headers=headers)
    assert (answer.status_code, answer.json()["area"]) == (403, "440303001")


async def test_reading_needs_a_token_with_the_scope(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    bare = await registry.get("/v1/organizations", headers={"authorization": ""})
    assert bare.status_code == 401
    assert "www-authenticate" in bare.headers
    other = await registry.get("/v1/organizations", headers=keys.headers("metrics:read"))
    assert (other.status_code, other.json()["scope"]) == (403, "registry:read")


async def test_what_is_owed_is_told_in_the_callers_language(registry: httpx.AsyncClient) -> None:
    clauses = []
    for number, language in ((1, "zh-CN"), (2, "en")):
        answer = await registry.post(
            "/v1/organizations", json=hospital(number), headers={"accept-language": language}
        )
        clauses.append(answer.json()["obligations"][0]["clause"])
    assert not clauses[0].isascii()
    assert clauses[0] != clauses[1]
