"""The digest of a definition follows what is counted, not how it is worded."""

from dataclasses import replace

from metrics_api.core.definitions.digest import definition_digest
from metrics_api.core.definitions.indicators import DatedValue
from metrics_api.core.facts.predicates import IsNull
from metrics_api.definitions.load import load_definitions
from servicekit.errors import Text
from servicekit.time import Period

DEFINITIONS = load_definitions()
ELIGIBLE = DEFINITIONS.indicators["eligible_coverage"]
PARAMETERS = DEFINITIONS.parameters


def test_another_predicate_is_another_digest() -> None:
    digests = {
        definition_digest(indicator, PARAMETERS)
        for indicator in (
            *DEFINITIONS.indicators.values(),
            replace(ELIGIBLE, condition=IsNull("grade")),
            replace(ELIGIBLE, denominator=IsNull("grade")),
        )
    }
    assert len(digests) == len(DEFINITIONS.indicators) + 2


def test_another_number_of_a_parameter_is_another_digest() -> None:
    [name] = [name for name in PARAMETERS if name == "full_members_for_branch"]
    span = PARAMETERS[name].values[0]
    changed = {}
    for number, reference in ((span.value.number, "elsewhere"), (4, span.value.reference)):
        values = (Period(span.start, span.until, DatedValue(number, reference)),)
        parameters = {**PARAMETERS, name: replace(PARAMETERS[name], values=values)}
        changed[number] = definition_digest(ELIGIBLE, parameters)
    now = definition_digest(ELIGIBLE, PARAMETERS)
    assert changed[span.value.number] == now
    assert changed[4] != now


def test_other_words_are_the_same_digest() -> None:
    reworded = replace(ELIGIBLE, title=Text("另一个名称", "another title"), reference="")
    now = definition_digest(ELIGIBLE, PARAMETERS)
    assert definition_digest(reworded, PARAMETERS) == now
