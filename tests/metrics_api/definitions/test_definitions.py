"""Indicators, targets and parameters as files: what ships can be meant, what can't is refused."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics_api.core.definitions.indicators import Tally
from metrics_api.core.definitions.predicate_documents import DefinitionError
from metrics_api.core.definitions.targets import attainment
from metrics_api.core.facts.columns import Fact
from metrics_api.core.facts.predicates import fact_test
from metrics_api.definitions.load import load_definitions
from servicekit.errors import Refusal

DEFINITIONS = load_definitions()
DAY = date(2016, 12, 31)


def test_the_indicators_and_targets_of_the_speech_are_there() -> None:
    assert set(DEFINITIONS.indicators) >= {
        "organizational_coverage",
        "eligible_coverage",
        "work_coverage",
        "solo_rate",
        "charter_inclusion",
        "in_operation_rate",
        "joint_rate",
        "graded_formation",
        "graded_eligible_formation",
        "charter_wording_v1",
        "charter_wording_v2",
        "cross_posted_secretaries",
        "information_base_organizers",
        "inspected_with_party_section",
        "regular_organizational_life",
        "trained_secretaries",
        "demonstration_sites",
        "members_per_party_organization",
        "covered_per_party_organization",
    }
    goals = {target.id: (target.goal, target.deadline) for target in DEFINITIONS.targets.values()}
    assert goals["formation_5a_2016"] == (Fraction(1), DAY)
    assert goals["formation_4a_2016"] == (Fraction(4, 5), DAY)
    assert goals["formation_3a_2017"] == (Fraction(95, 100), date(2017, 12, 31))
    assert goals["charter_inclusion_2018"] == (Fraction(9, 10), date(2018, 6, 14))


@given(data=st.data(), name=st.sampled_from(sorted(DEFINITIONS.indicators)))
def test_a_numerator_counts_within_its_denominator(
    data: st.DataObject, name: str, facts: st.SearchStrategy[Fact]
) -> None:
    resolved = DEFINITIONS.indicators[name].on(DAY, DEFINITIONS.parameters)
    fact = data.draw(facts)
    assert fact_test(resolved.denominator)(fact) or not fact_test(resolved.numerator)(fact)


def test_a_parameter_is_not_guessed_before_its_rule() -> None:
    with pytest.raises(Refusal, match="parameter-undefined"):
        DEFINITIONS.indicators["eligible_coverage"].on(date(1980, 1, 1), DEFINITIONS.parameters)


@pytest.mark.parametrize(
    ("goal", "tally", "attained", "missing"),
    [
        ("4/5", Tally(5, 7), False, 1),
        ("4/5", Tally(6, 7), True, 0),
        ("19/20", Tally(19, 20), True, 0),
        ("1", Tally(0, 3), False, 3),
        ("1", Tally(0, 0), None, 0),
    ],
)
def test_a_target_is_missed_by_whole_organizations(
    goal: str, tally: Tally, attained: bool | None, missing: int
) -> None:
    assert attainment(Fraction(goal), tally) == (
        type(attainment(Fraction(1), Tally(0, 0)))(attained, missing)
    )


def test_rates_are_rounded_half_up() -> None:
    assert Tally(1, 128).rate == 0.007813
    assert Tally(2, 3).rate == 0.666667
    assert Tally(0, 0).rate is None


def write(folder: Path, kind: str, name: str, content: str) -> None:
    for each in ("indicators", "targets", "parameters"):
        (folder / each).mkdir(exist_ok=True)
    (folder / kind / f"{name}.yaml").write_text(content, "utf-8")


INDICATOR = """
version: 1
title: {zh: 一, en: one}
formula: {zh: 一, en: one}
unit: organization
reference: r
denominator: {field: status, eq: active}
numerator: {field: %s}
"""
RATIO = """
version: 1
title: {zh: 一, en: one}
formula: {zh: 一, en: one}
unit: organization
reference: r
denominator: {all: [{field: status, eq: active}, {field: full_members, ge: 0}]}
measure: {numerator: {%s}, denominator: %s}
"""
TARGET = """
title: {zh: 一, en: one}
goal: "%s"
deadline: 2016-12-31
reference: r
filters: {%s}
variants: [{id: all, indicator: %s, title: {zh: 一, en: one}}]
"""


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("indicators", INDICATOR % "colour, eq: red", "numerator: unknown field"),
        ("indicators", INDICATOR % "grade, eq: 6A", "never found there"),
        ("indicators", INDICATOR.replace("unit", "units") % "grade, eq: 5A", "units"),
        ("indicators", "version: [", "indicators/bad.yaml"),
        ("indicators", INDICATOR % "status, eq: revoked", "never within the denominator"),
        (
            "indicators",
            INDICATOR.replace(
                "{field: status, eq: active}",
                "{all: [{field: full_members, ge: 3}, {field: full_members, le: 2}]}",
            )
            % "grade, eq: 5A",
            "division by zero",
        ),
        ("indicators", RATIO % ("sum: [colour]", "organizations"), "unknown field 'colour'"),
        ("indicators", RATIO % ("sum: [grade]", "organizations"), "no number that can be summed"),
        ("indicators", RATIO % ("sum: [training_year]", "organizations"), "no number that can be"),
        ("indicators", RATIO % ("sum: []", "organizations"), "measure.numerator: one of"),
        ("indicators", RATIO % ("sum: [life_lectures]", "organizations"), "may be unknown"),
        ("indicators", RATIO % ("sum: [full_members]", "{share_of: full_members}"), "by zero"),
        ("indicators", RATIO % ("sum: [full_members]", "{share_of: party_units}"), "by zero"),
        ("indicators", RATIO.replace("numerator:", "above:") % ("sum: []", "x"), "a numerator and"),
        ("targets", TARGET % ("0.8", "grade: [5A]", "ratio"), "'ratio' is no share"),
        ("targets", TARGET % ("0.8", "grade: [5A]", "nope"), "unknown indicator 'nope'"),
        ("targets", TARGET % ("1.2", "grade: [5A]", "good"), "not a share"),
        ("targets", TARGET % ("most", "grade: [5A]", "good"), "not a share"),
        ("targets", TARGET % ("0.8", "grade: [6A]", "good"), "never found there"),
        ("targets", TARGET % ("0.8", "shape: [x]", "good"), "unknown dimension"),
        ("parameters", "title: {zh: 一, en: one}\nvalues: []", "rising dates"),
    ],
)
def test_a_file_that_cannot_be_meant_refuses_the_start(
    tmp_path: Path, kind: str, content: str, reason: str
) -> None:
    write(tmp_path, "indicators", "good", INDICATOR % "grade, eq: 5A")
    write(tmp_path, "indicators", "ratio", RATIO % ("sum: [full_members]", "organizations"))
    write(tmp_path, kind, "bad", content)
    with pytest.raises(DefinitionError) as error:
        load_definitions(tmp_path)
    assert reason in str(error.value)
