"""Guidance, grades and rankings over HTTP: answers, areas, refusals, both languages."""

from typing import Any

import httpx
import pytest
from tests.registry_api.reading import amended, founded
from tests.registry_api.samples import credit_code

from servicekit.testing import TestKeys

BRANCH = {
    "form": "branch", "mode": "solo", "established_on": "2016-03-01",
    "secretary": {"post": "院长", "appointed_on": "2016-03-01"},
}  # fmt: skip
LIFE = {
    "quarter": "2017Q1", "member_meetings": 1, "committee_meetings": 3,
    "group_meetings": 0, "lectures": 1,
}  # fmt: skip
WELL = {
    "full_members": 5, "probationary_members": 0,
    "organization": BRANCH, "organizational_life": LIFE,
}  # fmt: skip


async def test_guidance_follows_the_organization_through_time(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    identifier = await founded(registry)
    await amended(registry, identifier, "2017-05-01", party={"full_members": 3})
    path = f"/v1/organizations/{identifier}/guidance"
    early = (await registry.get(path, params={"valid_on": "2017-04-30"})).json()
    assert early["recommendation"]["mode"] == "joint"
    assert early["recommendation"]["with"] == ["罗湖区卫生局主管的其他社会组织"]
    now = (await registry.get(path, headers={"accept-language": "en"})).json()
    assert (now["recommendation"]["mode"], now["recommendation"]["form"]) == ("solo", "branch")
    assert (now["priority"]["level"], now["valid_on"]) == ("first", "2017-06-14")
    assert now["recommendation"]["reason"].isascii()
    assert not early["recommendation"]["reason"].isascii()
    outside = await registry.get(path, headers=keys.headers(areas=["440304"]))
    assert outside.status_code == 404


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_ground_against_a_grade_is_named(
    registry: httpx.AsyncClient, keys: TestKeys, language: str
) -> None:
    party = {"full_members": 3, "probationary_members": 0}
    identifier = await founded(registry, party=party)
    path = f"/v1/organizations/{identifier}/evaluation-eligibility"
    answer = await registry.get(path, params={"grade": "5A"}, headers={"accept-language": language})
    body = answer.json()
    assert (body["eligible"], [g["ground"] for g in body["grounds"]]) == (
        False, ["5a_needs_party_organization", "eligible_not_formed"],
    )  # fmt: skip
    assert all(g["detail"].isascii() == (language == "en") for g in body["grounds"])
    await amended(registry, identifier, "2017-06-01", party={"organization": BRANCH})
    assert (await registry.get(path, params={"grade": "5A"})).json()["eligible"] is True
    before = await registry.get(path, params={"grade": "1A", "valid_on": "2017-05-31"})
    assert [g["ground"] for g in before.json()["grounds"]] == ["eligible_not_formed"]
    outside = await registry.get(
        path, params={"grade": "1A"}, headers=keys.headers(areas=["440304"])
    )
    assert outside.status_code == 404
    for params in ({}, {"grade": "6A"}, {"grade": "none"}, {"grade": "5A", "valid_on": "x"}):
        assert (await registry.get(path, params=params)).status_code == 422
    voided = await registry.post(
        f"/v1/organizations/{identifier}/void", json={"reason": "错"}, headers={"if-match": "*"}
    )
    assert voided.status_code == 200
    assert (await registry.get(path, params={"grade": "5A"})).status_code == 410


async def _ranked(registry: httpx.AsyncClient, **body: Any) -> list[dict[str, Any]]:
    answer = await registry.post("/v1/rankings", json=body)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_among_equals_who_works_well_goes_first_and_the_rest_tie(
    registry: httpx.AsyncClient,
) -> None:
    plain, other = await founded(registry, 1), await founded(registry, 2)
    well, best = await founded(registry, 3, party=WELL), await founded(registry, 4)
    barred = await founded(registry, 5)
    listed = {"since": "2017-01-01", "ground": "unreachable"}
    await amended(registry, barred, "2017-01-01", abnormal_list=listed)
    candidates: list[dict[str, Any]] = [
        {"id": plain, "score": 90}, {"credit_code": credit_code(2).lower(), "score": 90.0},
        {"id": well, "score": 90}, {"id": best, "score": 90.5}, {"id": barred, "score": 99},
    ]  # fmt: skip
    found = await _ranked(registry, candidates=candidates)
    assert [(i["id"], i["rank"], i["tied"], i["preferred"]) for i in found] == [
        (best, 1, False, False), (well, 2, False, True),
        (plain, 3, True, False), (other, 3, True, False), (barred, None, False, False),
    ]  # fmt: skip
    assert all(c["met"] for c in found[1]["criteria"])
    assert [c["criterion"] for c in found[4]["barred"]] == ["on_abnormal_list"]
    early = await _ranked(registry, candidates=candidates, valid_on="2016-12-31")
    assert early[0]["id"] == barred


async def test_candidates_that_can_not_be_told_are_all_named(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    mine = await founded(registry, 1)
    theirs = await founded(registry, 2, domicile={"division_code": "440304001"})
    body = {"candidates": [
        {"id": mine, "score": 1}, {"id": theirs, "score": 1},
        {"credit_code": credit_code(9), "score": 1}, {"credit_code": credit_code(1), "score": 2},
    ]}  # fmt: skip
    for language in ("zh", "en"):
        headers = {**keys.headers(areas=["440303"]), "accept-language": language}
        answer = await registry.post("/v1/rankings", json=body, headers=headers)
        assert answer.status_code == 422
        problem = answer.json()
        assert problem["type"].endswith("/unknown-candidates")
        assert [(e["pointer"], e["rule"]) for e in problem["errors"]] == [
            ("/candidates/1/id", "candidate_unknown"),
            ("/candidates/2/credit_code", "candidate_unknown"),
            ("/candidates/3/credit_code", "candidate_repeated"),
        ]
        assert all(e["detail"].isascii() == (language == "en") for e in problem["errors"])
    early = {**body, "valid_on": "2016-02-29", "candidates": body["candidates"][:1]}
    assert (await registry.post("/v1/rankings", json=early)).status_code == 422


_ID = "0198c0de-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"{}", b'{"candidates": []}',
        b'{"candidates": [{"score": 1}]}',
        b'{"candidates": [{"id": "%s", "credit_code": "1", "score": 1}]}' % _ID.encode(),
        b'{"candidates": [{"id": "%s", "score": 1e400}]}' % _ID.encode(),
        b'{"candidates": [{"id": "%s", "score": NaN}]}' % _ID.encode(),
        b'{"candidates": [{"id": "%s", "score": 10000000000000000000000}]}' % _ID.encode(),
        b'{"candidates": [{"id": "x", "score": 1}]}',
        b'{"candidates": [{"credit_code": "\\u0000", "score": 1}]}',
        b'{"candidates": [{"id": "%s", "score": 1}], "valid_on": "never"}' % _ID.encode(),
        b'{"candidates": [%s]}' % b",".join([b'{"credit_code": "1", "score": 1}'] * 201),
    ],
)  # fmt: skip
async def test_a_body_that_is_no_ranking_is_refused(
    registry: httpx.AsyncClient, body: bytes
) -> None:
    headers = {"content-type": "application/json"}
    answer = await registry.post("/v1/rankings", content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text


async def test_advice_needs_a_token_with_the_scope(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    headers = keys.headers("metrics:read")
    for path in ("guidance", "evaluation-eligibility?grade=5A"):
        answer = await registry.get(f"/v1/organizations/{_ID}/{path}", headers=headers)
        assert answer.status_code == 403
    body = {"candidates": [{"id": _ID, "score": 1}]}
    answer = await registry.post("/v1/rankings", json=body, headers=headers)
    assert answer.status_code == 403
