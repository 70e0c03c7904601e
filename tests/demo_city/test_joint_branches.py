"""Joint branches: every unit tells the same story."""

from typing import Any

import demo_city
from demo_city.invention.joint_branches import MAX_UNITS, join_neighbours


def unit(name: str, full: int, established_on: str, street: str = "440303001") -> dict[str, Any]:
    organization = {
        "mode": "joint",
        "with": [],
        "established_on": established_on,
        "secretary": {"appointed_on": established_on},
    }
    return {
        "name": name,
        "kind": "private_nonenterprise",
        "domicile": {"division_code": street},
        "party": {"full_members": full, "organization": organization},
    }


def test_neighbours_with_three_members_together_join_on_the_last_of_their_days() -> None:
    first, second = unit("甲", 1, "2010-01-01"), unit("乙", 2, "2012-05-01", "440303001003")
    join_neighbours([first, second], lambda: "某公司")
    assert first["party"]["organization"]["with"] == ["乙"]
    assert second["party"]["organization"]["with"] == ["甲"]
    for document in (first, second):
        assert document["party"]["organization"]["established_on"] == "2012-05-01"
        assert document["party"]["organization"]["secretary"]["appointed_on"] == "2012-05-01"


def test_a_unit_without_neighbours_joins_one_from_outside() -> None:
    alone = unit("甲", 2, "2010-01-01")
    join_neighbours([alone, unit("乙", 2, "2010-01-01", "440303002")], lambda: "某公司")
    assert alone["party"]["organization"]["with"] == ["某公司"]


def test_a_remainder_joins_the_last_group_while_that_has_room() -> None:
    units = [unit(name, 2, "2010-01-01") for name in "甲乙丙"]
    join_neighbours(units, lambda: "某公司")
    assert units[2]["party"]["organization"]["with"] == ["甲", "乙"]


def test_partners_in_the_city_name_each_other() -> None:
    joint = {
        doc["name"]: doc["party"]["organization"]
        for doc in demo_city.organizations()
        if doc["party"]["organization"] and doc["party"]["organization"]["mode"] == "joint"
    }
    mutual = 0
    for name, organization in joint.items():
        assert len(organization["with"]) < MAX_UNITS
        for partner in organization["with"]:
            if partner in joint:
                mutual += 1
                assert name in joint[partner]["with"]
                assert joint[partner]["established_on"] == organization["established_on"]
                assert joint[partner]["secretary"] == organization["secretary"]
    assert mutual > 1000
