"""What an author is told about a rule-set file that is not right."""

import orjson
import pytest

from jurisdiction_router.domain.rule_set import RuleSet
from jurisdiction_router.domain.rule_set_reader import read_rule_set
from jurisdiction_router.domain.rule_set_text import read_text
from jurisdiction_router.rule_sets import read_packaged
from servicekit.refusals import Refusal


def read(text: str) -> RuleSet:
    value, lines = read_text(text)
    return read_rule_set(value, lines)


CASES = [
    (
        "affiliation: district_health_committee}}",
        "affiliation: street}}",
        "rule_set_outside_domain",
    ),
    (
        "{body: city_health_work_committee, at: city}",
        "{body: city_party, at: city}",
        "rule_set_not_allowed",
    ),
    (
        "{body: city_health_work_committee, at: city}",
        "{body: city_health_work_committee, at: moon}",
        "rule_set_not_allowed",
    ),
    ("over: [training-institution]", "over: [nobody]", "rule_set_unknown_rule"),
    ("over: [training-institution]", "over: [vocational-training]", "rule_set_over_cycle"),
    ("when: {level: national}", "when: {mood: national}", "rule_set_unknown_attribute"),
    ("    fallback: true\n", "    fallback: perhaps\n", "rule_set_boolean_expected"),
    ("valid_from: 2016-01-01", "valid_from: 2016-02-30", "rule_set_date_expected"),
    ("valid_until: null", "valid_until: 2015-01-01", "rule_set_ends_before_start"),
    ("  - id: private-clinic", "  - id: private-hospital", "rule_set_duplicate_rule"),
    ("    basis: N/L\n", "    basis: X\n", "rule_set_not_allowed"),
    ("    basis: N/L\n", "    basis: N/L\n    colour: red\n", "rule_set_unknown_field"),
    ('scope: "440300"', "scope: 440300", "rule_set_text_expected"),
    ('scope: "440300"', 'scope: "４４０３００"', "rule_set_form"),
    ("id: shenzhen-2016", f"id: {'x' * 101}", "rule_set_form"),
]


@pytest.mark.parametrize(("before", "after", "broken"), CASES)
def test_a_mistake_is_named_with_its_line(before: str, after: str, broken: str) -> None:
    text = read_packaged("shenzhen-2016.yaml")
    assert before in text
    with pytest.raises(Refusal) as refused:
        read(text.replace(before, after, 1))
    assert refused.value.code == "rule-set-invalid"
    found = [v for v in refused.value.violations if v.rule == broken]
    assert found
    assert all(isinstance(v.facts["line"], int) for v in found)


def test_a_mistake_in_a_rule_names_the_rule() -> None:
    text = read_packaged("shenzhen-2016.yaml").replace('row: "6"', "row: 6", 1)
    with pytest.raises(Refusal) as refused:
        read(text)
    (violation,) = refused.value.violations
    assert violation.facts["rule_id"] == "private-hospital"
    assert violation.pointer.endswith("/row")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: [",
        "a: &x 1\nb: *x",
        "a: 1\na: 2",
        "[" * 40 + "]" * 40,
        "a: !!python/name:os.system 1",
    ],
)
def test_text_that_cannot_be_read_safely_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_text(text)
    assert refused.value.code == "rule-set-unreadable"


@pytest.mark.parametrize("text", ["1", "[]", "{}", "id: {}", "rules: [1, {}]", "attributes: [x]"])
def test_any_other_shape_is_refused_and_never_crashes(text: str) -> None:
    with pytest.raises(Refusal):
        read(text)


def test_json_and_yaml_of_the_same_content_have_the_same_digest() -> None:
    text = read_packaged("shenzhen-2016.yaml")
    as_json = orjson.dumps(read_text(text).value).decode()
    assert read(as_json).digest == read(text).digest
