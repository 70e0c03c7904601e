"""A flip names a change after which the organization can be, and is found whenever there is one."""

from datetime import date
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jurisdiction_router.core.deciding.decider import Decider
from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.rules.combinations import levels_at
from jurisdiction_router.core.rules.facts import DOMAINS, Facts, facts_of
from jurisdiction_router.core.rules.rule_set import NEEDS_DECISION, RuleSet
from jurisdiction_router.core.rules.vocabulary import Vocabulary

DAY = date(2016, 6, 14)
ASSOCIATIONS = {
    "religious_association", "bar_association", "accountancy_association", "trade_association",
    "hometown_chamber",
}  # fmt: skip
SCHOOLS = {"private_university", "private_school", "private_kindergarten", "training_institution"}
CLINICS = {"private_hospital", "private_clinic", "outpatient_department"}
CLINICS |= {"community_health_station"}


def contradictions(facts: Facts) -> list[set[str]]:
    """The pairs of known facts that no organization has."""
    known = facts._asdict()
    type_, kind, mode, level = (
        known[name] for name in ("institution_type", "kind", "mode", "level")
    )
    system, licence, led = facts.supervisor_system, facts.licence_issuer, facts.affiliation
    run_privately = type_ in SCHOOLS | CLINICS | {"welfare_institution"}
    named = type_ in DOMAINS["institution_type"]
    found = []
    if (
        (run_privately and kind in {"social_association", "foundation"})
        or (type_ in ASSOCIATIONS and kind in {"private_nonenterprise", "foundation"})
        or (type_ == "community_organization" and kind == "foundation")
    ):
        found.append({"kind", "institution_type"})
    supervised = system in DOMAINS["supervisor_system"] - {"none"}
    if (mode == "dual" and system == "none") or (mode in {"direct", "decoupled"} and supervised):
        found.append({"mode", "supervisor_system"})
    if mode == "filing" and named and type_ not in {"community_organization", "general"}:
        found.append({"mode", "institution_type"})
    if mode == "decoupled" and (run_privately or type_ == "religious_association"):
        found.append({"mode", "institution_type"})
    if mode in DOMAINS["mode"] and level in DOMAINS["level"]:
        possible = {"district", "street"} if mode == "filing" else DOMAINS["level"] - {"street"}
        if level not in possible:
            found.append({"mode", "level"})
    if type_ in SCHOOLS and licence == "health":
        found.append({"institution_type", "licence_issuer"})
    if type_ in CLINICS and licence in {"education", "human_resources"}:
        found.append({"institution_type", "licence_issuer"})
    if (type_ in SCHOOLS and led == "district_health_committee") or (
        type_ in CLINICS and led == "district_education_committee"
    ):
        found.append({"institution_type", "affiliation"})
    return found


def can_be(facts: Facts, attribute: str, value: str) -> bool:
    """Whether an organization may have `value` beside its other facts."""
    after = facts._replace(**{attribute: value})
    if attribute == "level" and value not in levels_at(facts.registering):
        return False
    return not any(attribute in pair for pair in contradictions(after))


def as_recorded(facts: Facts) -> dict[str, Any]:
    """The register's record of an organization with such facts."""
    return {
        "kind": facts.kind,
        "institution_type": facts.institution_type,
        "registration": {
            "mode": facts.mode,
            "level": facts.level,
            "authority": {"division_code": facts.registering},
        },
        "domicile": {"division_code": facts.domicile},
        "licence_issuer": None if facts.licence_issuer == "none" else facts.licence_issuer,
        "affiliation": None if facts.affiliation == "none" else facts.affiliation,
        "business_supervisor": None
        if facts.supervisor_system == "none"
        else {"name": "某局", "system": facts.supervisor_system},
    }


@st.composite
def recorded(draw: st.DrawFn) -> Facts:
    """Facts as records give them: whole, often contradicting themselves."""
    values = {name: draw(st.sampled_from(sorted(DOMAINS[name]))) for name in DOMAINS}
    domicile = draw(st.sampled_from(["440303001001", "440309001"]))
    registering = draw(
        st.sampled_from(["440300", "440303", "440309", "440303001", "100000", "440000"])
    )
    return facts_of(as_recorded(Facts(**values, domicile=domicile, registering=registering)))


HOSPITAL = Facts(
    "none", "health", "health", "dual", "private_hospital", "municipal", "private_nonenterprise",
    "440303001", "440300", "某局",
)  # fmt: skip


@given(recorded())
@example(HOSPITAL)
@example(HOSPITAL._replace(institution_type="general", licence_issuer="none"))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_flip_is_a_record_that_can_be(
    rule_set: RuleSet, vocabulary: Vocabulary, directory: Directory, facts: Facts
) -> None:
    engine, view = Engine(rule_set), directory.on(DAY)
    document = Decider(engine, vocabulary).decide(facts, view).document
    flip = document["nearest_flip"]
    others = {
        (name, value): verdict
        for name in rule_set.attributes
        for value in sorted(DOMAINS[name] - {getattr(facts, name)})
        if can_be(facts, name, value)
        for verdict in [engine.verdict(facts._replace(**{name: value}), view)]
        if (verdict.outcome, verdict.supervising and verdict.supervising.id)
        != (document["outcome"], (document["supervising"] or {"id": None})["id"])
    }
    if flip is None:
        assert not others
        return
    assert (flip["attribute"], flip["to"]) in others
    settled = any(verdict.outcome != NEEDS_DECISION for verdict in others.values())
    assert (flip["outcome"] != NEEDS_DECISION) == settled
    after = facts._replace(**{flip["attribute"]: flip["to"]})
    assert len(contradictions(after)) <= len(contradictions(facts))
    read = facts_of(as_recorded(after))
    assert read._replace(supervisor_name="") == after._replace(supervisor_name="") or (
        # Whose supervisor goes or comes has another name or none.
        flip["attribute"] == "supervisor_system"
        and read._replace(supervisor_name=None) == after._replace(supervisor_name=None)
    )
