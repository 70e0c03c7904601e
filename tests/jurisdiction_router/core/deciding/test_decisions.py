"""Every row of the decision table, the ladder of "A or B", and what missing facts lead to."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from jurisdiction_router.core.deciding.decider import Decider
from jurisdiction_router.core.deciding.decision import Decision, digest_of
from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.rules.facts import Facts, facts_of
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.core.rules.vocabulary import Vocabulary

DAY = date(2016, 6, 14)
SA, PN, FD = "social_association", "private_nonenterprise", "foundation"


def facts(institution_type: str | None, **known: str | None) -> Facts:
    """A directly registered unit in 桂园街道 with neither supervisor, licence nor affiliation."""
    usual: dict[str, str | None] = {
        "affiliation": "none", "licence_issuer": "none", "supervisor_system": "none",
        "mode": "direct", "level": "district", "kind": PN,
        "domicile": "440303001001", "registering": "440303",
    }  # fmt: skip
    usual.update(known, institution_type=institution_type)
    if usual["level"] == "municipal" and "registering" not in known:
        usual["registering"] = "440300"
    return Facts(**usual)


@pytest.fixture
def decider(rule_set: RuleSet, vocabulary: Vocabulary) -> Decider:
    return Decider(Engine(rule_set), vocabulary)


@pytest.fixture
def decide(decider: Decider, directory: Directory) -> Any:
    def decide(known: Facts) -> Decision:
        return decider.decide(known, directory.on(DAY))

    return decide


CITY: dict[str, str | None] = {"level": "municipal", "kind": SA}
NEW: dict[str, str | None] = {"domicile": "440309001", "registering": "440309"}
ROWS: list[tuple[str, Facts, str, str | None]] = [
    ("1", facts("private_university", level="municipal"), "assigned", "市委教育工委"),
    ("2", facts("private_school", licence_issuer="education"), "assigned", "罗湖区教育系统党委"),
    ("2", facts("private_school"), "assigned", "桂园街道党工委"),
    ("2", facts("private_school", licence_issuer="education", **NEW), "assigned", "观湖街道党工委"),
    (
        "2",
        facts("private_school", affiliation="district_education_committee"),
        "assigned",
        "罗湖区教育系统党委",
    ),
    (
        "2",
        facts("private_school", licence_issuer="education", affiliation="street_work_committee"),
        "assigned",
        "桂园街道党工委",
    ),
    ("3", facts("private_kindergarten", licence_issuer="other"), "assigned", "桂园街道党工委"),
    (
        "4",
        facts("training_institution", licence_issuer="education"),
        "assigned",
        "罗湖区教育系统党委",
    ),
    (
        "5",
        facts("training_institution", licence_issuer="human_resources"),
        "assigned",
        "罗湖区教育系统党委",
    ),
    (
        "5",
        facts("training_institution", licence_issuer="human_resources", **NEW),
        "assigned",
        "观湖街道党工委",
    ),
    ("6", facts("private_hospital", **NEW), "assigned", "市委卫生工委"),
    ("7", facts("private_clinic", licence_issuer="health"), "assigned", "罗湖区卫生系统党委"),
    ("7", facts("private_clinic", licence_issuer="health", **NEW), "assigned", "观湖街道党工委"),
    (
        "8",
        facts("outpatient_department", licence_issuer="health"),
        "assigned",
        "罗湖区卫生系统党委",
    ),
    ("8", facts("community_health_station"), "assigned", "桂园街道党工委"),
    (
        "9",
        facts("community_organization", mode="filing", level="street", kind=SA),
        "assigned",
        "桂园街道党工委",
    ),
    ("10", facts("community_organization", kind=SA), "assigned", "桂园街道党工委"),
    ("11", facts("trade_association", mode="decoupled", **CITY), "assigned", "市社会组织党委"),
    ("12", facts("hometown_chamber", **CITY), "assigned", "市社会组织党委"),
    ("12", facts("hub", **NEW), "assigned", "龙华新区两新组织党工委"),
    (
        "13",
        facts("bar_association", mode="dual", supervisor_system="justice", **CITY),
        "assigned",
        "市律师行业党委",
    ),
    ("14", facts("accountancy_association", **CITY), "needs_decision", None),
    ("15", facts("general", **CITY), "assigned", "市社会组织党委"),
    ("16", facts("general"), "assigned", "罗湖区社会组织党委"),
    ("16", facts("general", **NEW), "assigned", "龙华新区两新组织党工委"),
    (
        "17",
        facts("general", mode="dual", supervisor_system="science", **CITY),
        "assigned",
        "市科协党组",
    ),
    (
        "17",
        facts("general", mode="dual", supervisor_system="sports", **CITY),
        "assigned",
        "市社会组织党委",
    ),
    (
        "18",
        facts("general", mode="dual", supervisor_system="civil_affairs"),
        "assigned",
        "罗湖区社会组织党委",
    ),
    (
        "19",
        facts("welfare_institution", mode="dual", supervisor_system="health"),
        "assigned",
        "罗湖区社会组织党委",
    ),
    ("20", facts("general", level="municipal", kind=FD), "assigned", "市社会组织党委"),
    (
        "21",
        facts("general", level="municipal", kind=FD, mode="dual", supervisor_system="science"),
        "assigned",
        "市科协党组",
    ),
    ("22", facts("private_hospital", level="national", registering="100000"), "out_of_scope", None),
    (
        "23",
        facts("private_university", level="provincial", registering="440000"),
        "out_of_scope",
        None,
    ),
    ("24", facts("religious_association", **CITY), "needs_decision", None),
    ("25", facts("general", mode="filing"), "assigned", "罗湖区社会组织党委"),
]


@pytest.mark.parametrize(("row", "known", "outcome", "body"), ROWS)
def test_each_row_of_the_table_gives_its_body(
    decide: Any, row: str, known: Facts, outcome: str, body: str | None
) -> None:
    document = decide(known).document
    assert document["row"] == row
    assert document["outcome"] == outcome
    assert (document["supervising"] or {}).get("name") == body


def test_every_row_has_a_case(rule_set: RuleSet) -> None:
    assert {rule.row for rule in rule_set.rules} == {row for row, *_ in ROWS}


def test_a_business_supervisor_assists_wherever_one_exists(decide: Any) -> None:
    known = facts("private_hospital", supervisor_system="health")._replace(
        supervisor_name="区卫计局"
    )
    assert decide(known).state()["assisting"] == [
        {"id": None, "kind": "business_supervisor", "name": "区卫计局", "area_code": None}
    ]


def test_a_filed_community_organization_is_helped_by_its_community(decide: Any) -> None:
    document = decide(facts("community_organization", mode="filing", level="street")).document
    assert [party["name"] for party in document["assisting"]] == ["大塘龙社区党委"]


def test_the_city_is_notified_of_an_organization_beyond_it(decide: Any) -> None:
    document = decide(facts("general", level="national", registering="100000")).document
    assert [party["name"] for party in document["notified"]] == ["市社会组织党委"]


def test_the_trace_tells_why_each_rule_and_candidate_was_passed_over(decide: Any) -> None:
    document = decide(facts("private_clinic", licence_issuer="health", **NEW)).document
    rules = {entry["rule"]: entry for entry in document["trace"]["rules"]}
    assert rules["private-clinic"]["result"] == "applies"
    assert rules["fallback"] == {
        "rule": "fallback", "result": "defeated", "by": ["private-clinic"]
    }  # fmt: skip
    assert rules["private-hospital"]["attribute"] == "institution_type"
    assert rules["private-hospital"]["found"] == "private_clinic"
    walked = [(step["kind"], step["result"]) for step in document["trace"]["candidates"]]
    assert walked == [
        ("district_health_committee", "condition_fails"),
        ("street_work_committee", "condition_fails"),
        ("district_health_committee", "no_such_body"),
        ("street_work_committee", "taken"),
    ]


def test_the_explanation_quotes_the_clause_in_both_languages(decide: Any) -> None:
    explanation = decide(facts("private_hospital")).document["explanation"]
    for language in ("zh", "en"):
        assert "民办医院党组织由市委卫生工委领导和管理" in explanation[language]
        assert "市委卫生工委" in explanation[language]
    assert "讲话原文" in explanation["zh"]


def test_the_nearest_flip_names_one_fact_and_another_body(decide: Any) -> None:
    flip = decide(facts("private_clinic", licence_issuer="health")).document["nearest_flip"]
    assert (flip["attribute"], flip["from"], flip["to"]) == (
        "affiliation", "none", "street_work_committee"
    )  # fmt: skip
    assert flip["supervising"]["name"] == "桂园街道党工委"


def test_a_missing_fact_that_matters_is_asked_for(decide: Any) -> None:
    document = decide(facts("private_clinic", licence_issuer=None)).document
    assert document["outcome"] == "needs_decision"
    assert document["missing"] == ["licence_issuer"]
    possible = {
        answer["supervising"]["name"]: sorted(answer["when"]["licence_issuer"])
        for answer in document["possible"]
    }
    assert possible == {
        "罗湖区卫生系统党委": ["health"],
        "桂园街道党工委": ["education", "human_resources", "none", "other"],
    }
    assert "许可证颁发部门" in document["explanation"]["zh"]


def test_a_missing_fact_that_does_not_matter_is_not(decide: Any) -> None:
    known = facts("private_hospital", licence_issuer=None, mode=None, kind=None, affiliation=None)
    assert decide(known).document["outcome"] == "assigned"


def test_a_missing_licence_does_not_matter_where_the_district_has_no_committee(
    decide: Any,
) -> None:
    assert decide(facts("private_clinic", licence_issuer=None, **NEW)).document["missing"] == []


def test_an_unknown_domicile_is_asked_for_when_the_street_decides(decide: Any) -> None:
    document = decide(facts("private_clinic", domicile=None)).document
    assert (document["outcome"], document["missing"]) == ("needs_decision", ["domicile"])


def test_nothing_known_still_gives_an_answer_with_questions(decide: Any) -> None:
    document = decide(facts_of({})._replace(domicile="440303001")).document
    assert document["outcome"] == "needs_decision"
    assert document["missing"][0] == "institution_type"


def test_an_overlap_that_nothing_settles_is_a_conflict(
    rule_set: RuleSet, vocabulary: Vocabulary, directory: Directory
) -> None:
    rules = tuple(
        replace(rule, over=frozenset()) if rule.id == "vocational-training" else rule
        for rule in rule_set.rules
    )
    decider = Decider(Engine(replace(rule_set, rules=rules)), vocabulary)
    known = facts("training_institution", licence_issuer="human_resources")
    document = decider.decide(known, directory.on(DAY)).document
    assert document["outcome"] == "needs_decision"
    assert set(document["conflicting"]) >= {"training-institution", "vocational-training"}


def test_without_a_matching_rule_a_decision_is_needed(
    rule_set: RuleSet, vocabulary: Vocabulary, directory: Directory
) -> None:
    rules = tuple(rule for rule in rule_set.rules if rule.id == "private-hospital")
    decider = Decider(Engine(replace(rule_set, rules=rules)), vocabulary)
    document = decider.decide(facts("general"), directory.on(DAY)).document
    assert (document["outcome"], document["reason"]) == ("needs_decision", "no_rule")


def test_a_plain_decision_is_the_traced_one_without_trace(
    decider: Decider, directory: Directory
) -> None:
    view = directory.on(DAY)
    for _, known, _, _ in ROWS:
        document = dict(decider.decide(known, view).document)
        for name in ("trace", "nearest_flip", "explanation"):
            del document[name]
        assert decider.decide_plainly(known, view) == document


def test_the_digest_identifies_the_document(decide: Any) -> None:
    decision = decide(facts("private_hospital"))
    assert decision.digest == digest_of(decision.document)
    assert decision.digest == decide(facts("private_hospital")).digest
    assert decision.digest != decide(facts("private_clinic")).digest


def test_a_value_newer_than_the_rule_set_reads_as_missing(
    rule_set: RuleSet, vocabulary: Vocabulary, directory: Directory
) -> None:
    older = dict(rule_set.attributes)
    older["licence_issuer"] = tuple(v for v in older["licence_issuer"] if v != "human_resources")
    rules = tuple(rule for rule in rule_set.rules if rule.id != "vocational-training")
    decider = Decider(Engine(replace(rule_set, attributes=older, rules=rules)), vocabulary)
    known = facts("private_clinic", licence_issuer="human_resources")
    assert decider.decide(known, directory.on(DAY)).document["missing"] == ["licence_issuer"]
