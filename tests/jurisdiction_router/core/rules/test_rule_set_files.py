"""What an author is told about a rule-set file that is not right."""

import re

import orjson
import pytest

from jurisdiction_router.core.rules.reader import read_rule_set
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.core.rules.yaml_text import read_text
from jurisdiction_router.policy import read_packaged
from servicekit.errors import Refusal, read_rules


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


UNREADABLE = [
    ("", "empty", 1),
    ("a: [", "nothing_there", 1),
    ("a: [1, 2\nb: 3", "bracket_open", 2),
    ("a: 1\nb: 'x", "quote_open", 2),
    ("\ta: 1", "stray_character", 1),
    ("a: 1\nb: c: d", "stray_colon", 2),
    ("- a\nb: c", "indentation", 2),
    ('a: "\\q"', "escape", 1),
    ("--- a\n--- b", "several_documents", 2),
    ("%FOO", "syntax", 1),
    ("市: 1\na: \x01", "character", 2),
    ("a: &x 1\nb: *x", "anchor", 1),
    ("a: !!python/name:os.system 1", "tag", 1),
    ("[" * 40 + "]" * 40, "too_deep", 1),
    ("[" + "1," * 100_001 + "]", "too_many_values", 1),
    ("a: 0\n1: 2", "key", 2),
    ("? [a]\n: b", "key", 1),
    ("a: 1\na: 2", "key_twice", 2),
]


@pytest.mark.parametrize(("text", "rule", "line"), UNREADABLE)
def test_text_that_cannot_be_read_safely_is_refused_in_both_languages(
    text: str, rule: str, line: int
) -> None:
    with pytest.raises(Refusal) as refused:
        read_text(text)
    assert refused.value.code == "rule-set-unreadable"
    (violation,) = refused.value.violations
    assert violation.rule == f"rule_set_text_{rule}"
    said = read_rules("jurisdiction_router")[violation.rule]
    zh, en = (
        words.format(value=violation.value, **violation.facts) for words in (said.zh, said.en)
    )
    assert (zh[: zh.index("，")], en[: en.index(",")]) == (f"第 {line} 行", f"Line {line}")
    assert re.search("[\u4e00-\u9fff]", zh.partition("：")[2])
    assert not re.search("[a-z]{3}", zh.partition("：")[2])
    assert not re.search("[\u4e00-\u9fff]", en)


def test_what_cannot_be_read_names_the_rule_and_the_field_it_is_in() -> None:
    shipped = read_packaged("shenzhen-2016.yaml")
    twice = shipped.replace('row: "6"', 'row: "6"\n    row: "7"', 1)
    with pytest.raises(Refusal) as refused:
        read_text(twice)
    (violation,) = refused.value.violations
    assert violation.facts["rule_id"] == "private-hospital"
    assert violation.pointer.startswith("/rules/")
    assert violation.pointer.endswith("/row")
    as_json = orjson.dumps(read_text(shipped).value, option=orjson.OPT_INDENT_2).decode()
    for text in (
        shipped.replace('row: "6"', 'row: "6', 1),
        as_json.replace('"row": "6",', '"row": "6"', 1),
    ):
        assert text != shipped
        with pytest.raises(Refusal) as refused:
            read_text(text)
        (violation,) = refused.value.violations
        assert violation.facts["line"] > 50
    with pytest.raises(Refusal) as refused:
        read_text(shipped.replace("id: private-hospital", "id: private-hospital\n    x: [", 1))
    assert refused.value.violations[0].facts["rule_id"] == "private-hospital"
    with pytest.raises(Refusal) as refused:
        read_text(shipped.replace("attributes:", "attributes: [", 1))
    assert refused.value.violations[0].facts["rule_id"] == "-"


@pytest.mark.parametrize("text", ["1", "[]", "{}", "id: {}", "rules: [1, {}]", "attributes: [x]"])
def test_any_other_shape_is_refused_and_never_crashes(text: str) -> None:
    with pytest.raises(Refusal):
        read(text)


def test_json_and_yaml_of_the_same_content_have_the_same_digest() -> None:
    text = read_packaged("shenzhen-2016.yaml")
    as_json = orjson.dumps(read_text(text).value).decode()
    assert read(as_json).digest == read(text).digest
