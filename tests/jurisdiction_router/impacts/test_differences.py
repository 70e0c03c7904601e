"""What would change, held equal to comparing two jurisdictions day by day."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from tests.jurisdiction_router.core.deciding.test_timeline import (
    DAYS,
    START,
    day,
    directories,
    some_facts,
)

from jurisdiction_router.core.deciding.decision import Decision
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.periods import holds_on
from jurisdiction_router.core.rules.facts import FactPeriod, Facts
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.core.rules.vocabulary import Vocabulary
from jurisdiction_router.impacts.differences import (
    Flow,
    balance_of_bodies,
    balance_of_outcomes,
    changes,
)
from servicekit.time import Period


def answer_on(segments: list[Period[Decision]], number: int) -> object:
    found = [s.value for s in segments if s.holds_on(day(number))]
    if not found:
        return None
    (decision,) = found
    return decision.outcome, decision.body_id


@given(before=directories(), after=directories(), facts=some_facts())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_changes_are_the_days_on_which_the_assignments_differ(
    rule_set: RuleSet,
    vocabulary: Vocabulary,
    before: Directory,
    after: Directory,
    facts: Facts,
) -> None:
    old = Jurisdiction([rule_set], before, vocabulary)
    new = Jurisdiction([rule_set], after, vocabulary)
    always = [FactPeriod(START - timedelta(days=3), None, facts)]
    segments = old.timeline(always), new.timeline(always)
    found = changes(old, new, facts)
    for number in range(-3, DAYS + 3):
        expected = tuple(answer_on(each, number) for each in segments)
        moved = [c.key() for c in found if holds_on(c, day(number))]
        assert moved == ([] if expected[0] == expected[1] else [expected])


def test_the_first_rule_set_of_a_territory_gives_its_organizations_an_answer(
    rule_set: RuleSet, directory: Directory, vocabulary: Vocabulary
) -> None:
    clinic = Facts(
        "none", "health", "none", "direct", "private_clinic", "district", "private_nonenterprise",
        "440303001", "440303",
    )  # fmt: skip
    without = Jurisdiction([], directory, vocabulary)
    found = changes(without, Jurisdiction([rule_set], directory, vocabulary), clinic)
    assert [(c.valid_from, c.valid_until) for c in found][-1] == (rule_set.valid_from, None)
    assert found[-1].before is not None
    assert found[-1].before.outcome == "out_of_scope"
    assert found[-1].after is not None
    assert found[-1].after.key() == ("assigned", "440303-district_health_committee")


def test_balances_count_both_sides() -> None:
    def answer(outcome: str, body: str | None) -> dict[str, object]:
        return {"outcome": outcome, "supervising": body and {"id": body, "name": body}}

    flows = [
        Flow(answer("assigned", "a"), answer("assigned", "b"), 3),
        Flow(answer("assigned", "b"), answer("needs_decision", None), 2),
        Flow(None, answer("assigned", "a"), 1),
    ]
    assert [(b["body"]["id"], b["gained"], b["lost"], b["net"])
            for b in balance_of_bodies(flows)] == [("b", 3, 2, 1), ("a", 1, 3, -2)]  # fmt: skip
    assert {b["outcome"]: b["net"] for b in balance_of_outcomes(flows)} == {
        None: -1, "assigned": -1, "needs_decision": 2,
    }  # fmt: skip
