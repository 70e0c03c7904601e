"""A proof over the directory names the real organizations that a hole would hit."""

from uuid import UUID

import httpx
from tests.jurisdiction_router.approvals import apply_restructuring
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.small_city import organization

from jurisdiction_router.policy import read_packaged
from servicekit.follower import Follower
from servicekit.testing import TestKeys

PATH = "/v1/rule-sets/shenzhen-2018"
CLINIC, ELSEWHERE = str(UUID(int=1)), str(UUID(int=2))
OLD = """\
      - {body: district_health_committee, at: district, when: {licence_issuer: health}}
      - {body: street_work_committee, at: street}
    basis: S
    clause: {source: 市民政局讲话（2016-06-14）, article: 分级负责、条块结合、区域兜底, text: 民办诊所"""  # noqa: E501


async def test_a_hole_over_the_directory_names_place_facts_and_organizations(
    city: httpx.AsyncClient, keys: TestKeys, registry: RegistryLedger, follower: Follower
) -> None:
    """Without the street, clinics of the new district have nobody: it has no health committee."""
    text = read_packaged("shenzhen-2016.yaml")
    assert text.count(OLD) == 1
    lines = OLD.splitlines(keepends=True)
    hole = text.replace(OLD, "".join([lines[0], *lines[2:]])).replace(
        "id: shenzhen-2016", "id: shenzhen-2018"
    )
    new = organization(
        domicile={"division_code": "440309001"},
        registration={
            "mode": "dual", "level": "district", "authority": {"division_code": "440309"},
        },
    )  # fmt: skip
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, new))
    registry.say(ELSEWHERE, "2009-03-02", ("2009-03-02", None, organization()))
    await follower.step()
    assert (await city.post("/v1/rule-sets", content=hole)).status_code == 201
    proof = (await city.post(f"{PATH}/proof")).json()
    assert proof["proved"] is False
    assert proof["over_directory"] is True
    holes = [e for e in proof["counterexamples"] if e["kind"] == "no_body"]
    assert {e["rules"][0] for e in holes} == {"private-clinic"}
    sizes = [(len(e["facts"]), -int(e["combinations"])) for e in proof["counterexamples"]]
    assert sizes == sorted(sizes)
    hit = [e for e in holes if e["organizations"]["count"]]
    (example,) = [
        e for e in hit if e["facts"].get("licence_issuer", ["health"]) == ["health"]
        or "health" in e["facts"]["licence_issuer"]
    ]  # fmt: skip
    assert example["organizations"] == {
        "count": 1, "samples": [{"organization_id": CLINIC, "area": "440309001"}],
    }  # fmt: skip
    assert example["place"]["domicile"] == "440309001"
    assert "440309001" in example["text"]["zh"]
    limited = keys.headers(areas=["440303"])
    seen = (await city.get(f"{PATH}/proof", headers=limited)).json()
    for each in seen["counterexamples"]:
        assert each["organizations"] in (None, {"count": None, "samples": []})


async def test_organizations_that_are_hit_are_told_under_the_area_of_the_day(
    city: httpx.AsyncClient, keys: TestKeys, registry: RegistryLedger, follower: Follower
) -> None:
    """A new district was renumbered: its clinic lies in the new one, whatever its record says."""
    upgrade = {
        "title": "龙华区", "effective_on": "2010-01-01", "reference": "国函〔2016〕1号",
        "changes": [
            {"op": "upgrade_area", "code": "440309", "into": {"code": "440311", "name": "龙华区"}}
        ],
    }  # fmt: skip
    drafted = await city.post("/v1/restructurings", json=upgrade)
    applied = await apply_restructuring(city, drafted.json())
    assert applied.status_code == 200, applied.text
    outside = organization(
        institution_type="private_clinic",
        domicile={"division_code": "440309001"},
        registration={
            "mode": "filing", "level": "municipal", "authority": {"division_code": "440300"},
        },
    )  # fmt: skip
    registry.say(CLINIC, "2012-03-02", ("2012-03-02", None, outside))
    await follower.step()
    text = read_packaged("shenzhen-2016.yaml").replace("id: shenzhen-2016", "id: shenzhen-2018")
    hole = text.replace(
        "when: {institution_type: private_clinic}",
        "when: {institution_type: private_clinic, level: [district, street]}",
    ).replace("    fallback: true\n", "    when: {level: district}\n    over: []\n")
    drafted = await city.post("/v1/rule-sets", content=hole)
    assert drafted.status_code == 201, drafted.text
    proof = (await city.post(f"{PATH}/proof")).json()
    hit = {"organization_id": CLINIC, "area": "440311001"}
    examples = [e["organizations"] for e in proof["counterexamples"] if e["organizations"]]
    assert {"count": 1, "samples": [hit]} in examples
    for areas, seen in (("440311", [hit]), ("440309", [])):
        report = await city.get(f"{PATH}/proof", headers=keys.headers(areas=[areas]))
        found = [e["organizations"] for e in report.json()["counterexamples"]]
        assert ({"count": None, "samples": [hit]} in found) == bool(seen)


async def test_nothing_is_proved_without_a_directory(router: httpx.AsyncClient) -> None:
    await router.post("/v1/rule-sets", content=read_packaged("shenzhen-2016.yaml"))
    proof = (await router.post("/v1/rule-sets/shenzhen-2016/proof")).json()
    assert proof["proved"] is False
    assert [e["kind"] for e in proof["counterexamples"]] == ["no_area"]
