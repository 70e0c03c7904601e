"""The demo city as a register would see it: totals, numbers, dates, shares."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from stdnum.cn import uscc

import demo_city
from demo_city.invention.registration import DIRECT_CATEGORIES

Document = dict[str, Any]


@pytest.fixture(scope="module")
def city() -> list[Document]:
    return list(demo_city.organizations())


@pytest.fixture(scope="module")
def areas() -> dict[str, Any]:
    return {area["code"]: area for area in demo_city.directory()["areas"]}


def share(documents: list[Document], holds: Callable[[Document], Any]) -> float:
    return sum(bool(holds(document)) for document in documents) / len(documents)


def formed(document: Document) -> bool:
    return document["party"]["organization"] is not None


def eligible(document: Document) -> bool:
    return bool(document["party"]["full_members"] >= 3)


def test_totals_are_those_of_the_speech(city: list[Document]) -> None:
    assert Counter(document["kind"] for document in city) == {
        "social_association": 5115,
        "private_nonenterprise": 4803,
        "foundation": 182,
    }
    assert {document["status"] for document in city} == {"active", "suspended"}


def test_every_document_has_the_fields_of_the_contract(city: list[Document]) -> None:
    fields = (
        *("credit_code", "filing_number", "credit_code_waiver", "name", "kind"),
        *("institution_type", "category", "registration", "business_supervisor"),
        *("licence_issuer", "affiliation", "domicile", "status", "full_time_staff", "sponsor"),
        *("grade", "charter", "party", "predecessors", "successors"),
    )
    for document in city:
        assert tuple(document) == fields
        assert list(document["registration"]) == ["mode", "level", "authority", "registered_on"]
        assert list(document["charter"]) == ["state", "wording", "on"]


def test_names_and_numbers_are_unique(city: list[Document]) -> None:
    assert len({document["name"] for document in city}) == len(city)
    numbers = [document["credit_code"] or document["filing_number"] for document in city]
    assert None not in numbers
    assert len(set(numbers)) == len(city)


def test_credit_codes_are_valid_and_name_class_and_authority(city: list[Document]) -> None:
    classes = {"social_association": "51", "private_nonenterprise": "52", "foundation": "53"}
    for document in city:
        code = document["credit_code"]
        filed = document["registration"]["mode"] == "filing"
        assert (code is None) == filed
        assert (document["filing_number"] is None) != filed
        if code is not None:
            assert uscc.validate(code) == code
            division = document["registration"]["authority"]["division_code"]
            assert code.startswith(classes[document["kind"]] + division)


def test_some_credit_codes_have_a_remainder_of_zero(city: list[Document]) -> None:
    zero = [doc for doc in city if doc["credit_code"] and doc["credit_code"][-1] == "0"]
    assert zero
    assert all(uscc.is_valid(document["credit_code"]) for document in zero)


def test_levels_agree_with_the_authority(city: list[Document]) -> None:
    for document in city:
        code = document["registration"]["authority"]["division_code"]
        level = document["registration"]["level"]
        if level == "district":
            assert len(code) == 6
            assert code.startswith(("44030", "44031"))
        elif level == "street":
            assert len(code) == 9
        else:
            expected = {"municipal": "440300", "provincial": "440000", "national": "100000"}
            assert code == expected[level]
    beyond = [doc for doc in city if doc["registration"]["level"] in ("provincial", "national")]
    assert len(beyond) == 15


def test_domiciles_are_streets_and_communities_of_the_directory(
    city: list[Document], areas: dict[str, Any]
) -> None:
    codes = [doc["domicile"]["division_code"] for doc in city if doc["domicile"]]
    assert set(codes) <= set(areas)
    assert {areas[code]["level"] for code in codes} == {"street", "community"}
    assert sum(len(code) == 9 for code in codes) > len(codes) / 2


def test_a_few_documents_are_incomplete_on_purpose(city: list[Document]) -> None:
    without_domicile = [doc for doc in city if doc["domicile"] is None]
    without_type = [doc for doc in city if doc["institution_type"] is None]
    assert (len(without_domicile), len(without_type)) == (15, 10)
    assert all(doc["affiliation"] is None for doc in without_domicile + without_type)


def test_dates_are_in_order_and_not_after_2015(city: list[Document]) -> None:
    for document in city:
        registered = document["registration"]["registered_on"]
        assert registered <= "2015-12-31"
        party = document["party"]
        later = [document["charter"]["on"]]
        if document["grade"]:
            later.append(document["grade"]["announced_on"])
            assert document["grade"]["announced_on"] < document["grade"]["valid_until"]
        later += [
            party[it]["assigned_on"] for it in ("instructor", "liaison", "organizer") if party[it]
        ]
        if organization := party["organization"]:
            assert registered < organization["established_on"] <= "2015-12-31"
            if secretary := organization["secretary"]:
                assert organization["established_on"] <= secretary["appointed_on"] <= "2015-12-31"
        assert all(registered <= day <= "2015-12-31" for day in later if day is not None)


def test_supervision_and_licences_are_consistent(city: list[Document]) -> None:
    for document in city:
        dual = document["registration"]["mode"] == "dual"
        assert (document["business_supervisor"] is not None) == dual
        if document["institution_type"] in ("private_school", "private_kindergarten"):
            assert document["business_supervisor"]["system"] == "education"
            assert document["licence_issuer"] in ("education", None)
        if document["institution_type"] == "trade_association":
            assert document["registration"]["level"] == "municipal"
            assert document["registration"]["mode"] in ("direct", "decoupled")


def test_affiliations_name_bodies_that_exist(city: list[Document]) -> None:
    bodies = {body["id"] for body in demo_city.directory()["bodies"]}
    recorded = [doc for doc in city if doc["affiliation"]]
    assert recorded
    for document in recorded:
        home = document["domicile"]["division_code"]
        at = home[:9] if document["affiliation"] == "street_work_committee" else home[:6]
        assert f"{at}-{document['affiliation']}" in bodies


def test_the_eight_categories_register_mostly_directly(city: list[Document]) -> None:
    general = [doc for doc in city if doc["institution_type"] == "general"]
    eight = [doc for doc in general if doc["category"] in DIRECT_CATEGORIES]
    others = [doc for doc in general if doc["category"] not in DIRECT_CATEGORIES]
    assert share(eight, lambda doc: doc["registration"]["mode"] == "direct") > 0.6
    assert share(others, lambda doc: doc["registration"]["mode"] == "direct") < 0.1


def test_shares_leave_something_to_do(city: list[Document]) -> None:
    assert 0.26 < share(city, eligible) < 0.30
    assert 0.60 < share([doc for doc in city if eligible(doc)], formed) < 0.70
    assert 0.07 < share(city, lambda doc: doc["grade"]) < 0.09
    assert 0.27 < share(city, lambda doc: doc["charter"]["state"] != "none") < 0.33
    assert all(doc["charter"]["wording"] is None for doc in city)


@pytest.mark.parametrize(("grade", "rate"), [("5A", 93), ("4A", 77), ("3A", 62)])
def test_graded_organizations_are_near_the_targets(
    city: list[Document], grade: str, rate: int
) -> None:
    graded = [doc for doc in city if doc["grade"] and doc["grade"]["level"] == grade]
    assert len(graded) > 50
    assert sum(map(formed, graded)) == len(graded) * rate // 100


def test_forms_follow_the_number_of_members(city: list[Document]) -> None:
    for document in filter(formed, city):
        full = document["party"]["full_members"]
        organization = document["party"]["organization"]
        if organization["mode"] == "joint":
            assert organization["form"] == "joint_branch"
            assert organization["with"]
        else:
            form = "committee" if full >= 100 else "general_branch" if full >= 50 else "branch"
            assert organization["form"] == form
            assert full >= 3
            assert organization["with"] == []
    forms = {doc["party"]["organization"]["form"] for doc in filter(formed, city)}
    assert forms == {"branch", "general_branch", "committee", "joint_branch"}
