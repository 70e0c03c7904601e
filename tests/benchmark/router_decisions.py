# ruff: noqa: T201
"""Decisions per second of the router's engine against zen-engine, on the same table, in one run.

The packaged rules are translated into a GoRules table (hit policy `first`, exceptions above what
they defeat), and both must name the same rule for every compared set of facts before anything is
timed. zen only finds the rule; ours also finds the bodies in the directory of the demo city. Facts
and contexts are made beforehand. zen can be asked in several ways whose speeds differ several
times over (only an engine with a static loader keeps its tables compiled): every way is timed, and
the fastest is what ours is held against. Without a trace ours gives interned verdicts, in which the
name of the organization's own business supervisor is left where it is: in the facts. With one it
gives documents; zen never traces. Timed is the processor time of this process, all its threads:
what else the machine does hardly shows in it. The garbage collector is frozen before, as the
services do it once they have started.

Compared are facts that are complete: where one is missing ours asks for it, which zen cannot.

    python -m tests.benchmark.router_decisions [--seconds 0.4]
"""

import argparse
import gc
import statistics
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

import orjson
import zen

from demo_city import directory, organizations
from jurisdiction_router.core.deciding.decider import Decider
from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.deciding.outcomes import Outcomes
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.directory.directory import (
    Area,
    Body,
    Directory,
    DirectoryView,
    ParentEdge,
)
from jurisdiction_router.core.rules.facts import POSITIONS, Facts, facts_of
from jurisdiction_router.core.rules.reader import read_rule_set
from jurisdiction_router.core.rules.rule_lookup import Ruling
from jurisdiction_router.core.rules.rule_set import Rule, RuleSet
from jurisdiction_router.core.rules.vocabulary import Vocabulary, read_vocabulary
from jurisdiction_router.core.rules.yaml_text import read_text
from jurisdiction_router.policy import read_packaged

TODAY = date(2016, 6, 30)
BATCH_GOAL = 10.0
TRACE_GOAL = 1.0
TURNS = 5

Prepared = Callable[[], Callable[[], object]]
"""Makes, outside the timed stretch, what is to be timed once."""

Asked = TypeVar("Asked")


class Ratio(NamedTuple):
    """One result: how many times as fast as the other, and what it should be at least."""

    name: str
    value: float
    goal: float


class Case(NamedTuple):
    """One comparison: these facts, decided by ours in this way."""

    name: str
    facts: Sequence[Facts]
    ours: Prepared
    goal: float


def decision_table(rule_set: RuleSet) -> dict[str, Any]:
    """The rule set as a GoRules decision model (JDM); the columns that exclude most come first."""
    rules = exceptions_first(rule_set.rules)
    named = {name: sum(name in rule.when for rule in rules) for name in rule_set.attributes}
    columns = sorted(named, key=lambda name: -named[name])
    at = {"position": {"x": 0, "y": 0}}
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in columns],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": [
            {
                "_id": rule.id,
                "rule": orjson.dumps(rule.id).decode(),
                **{n: cell(rule.when.get(n), rule_set.attributes[n]) for n in columns},
            }
            for rule in rules
        ],
    }
    return {
        "nodes": [
            {"id": "facts", "type": "inputNode", "name": "facts", **at},
            {"id": "table", "type": "decisionTableNode", "name": "table", "content": table, **at},
            {"id": "rule", "type": "outputNode", "name": "rule", **at},
        ],
        "edges": [
            {"id": "1", "sourceId": "facts", "targetId": "table", "type": "edge"},
            {"id": "2", "sourceId": "table", "targetId": "rule", "type": "edge"},
        ],
    }


def exceptions_first(rules: Sequence[Rule]) -> list[Rule]:
    """The rules in an order in which none stands above one that is over it."""
    waiting, ordered = list(rules), list[Rule]()
    while waiting:
        following = next(
            rule for rule in waiting if not any(rule.id in other.over for other in waiting)
        )
        waiting.remove(following)
        ordered.append(following)
    return ordered


def cell(allowed: Collection[str] | None, domain: Collection[str]) -> str:
    """A cell in zen's language: empty for anything, and the shorter of `in` and `not in`."""
    if allowed is None:
        return ""
    excluded = sorted({*domain} - {*allowed})
    if len(excluded) < len(allowed):
        return f"not in {orjson.dumps(excluded).decode()}"
    return ", ".join(orjson.dumps(value).decode() for value in sorted(allowed))


def city_directory() -> Directory:
    """The demo city's areas and bodies."""
    held = directory()
    areas, edges = [], []
    for row in held["areas"]:
        dates = date.fromisoformat(row["valid_from"]), row["valid_until"]
        areas.append(Area(row["code"], row["name"], row["level"], *dates))
        if row["parent"] is not None:
            edges.append(ParentEdge(row["code"], row["parent"], *dates))
    bodies = [
        Body(**{**row, "valid_from": date.fromisoformat(row["valid_from"])})
        for row in held["bodies"]
    ]
    return Directory(areas, edges, bodies)


def context_of(facts: Facts) -> dict[str, str | None]:
    """The seven attributes under their names, as zen is asked."""
    return {name: facts[position] for name, position in POSITIONS.items()}


def attributes_of(facts: Facts) -> tuple[str | None, ...]:
    """The seven attributes alone."""
    return tuple(facts[position] for position in POSITIONS.values())


class Zen:
    """zen with the table loaded, and the ways to ask it; never with its trace."""

    def __init__(self, model: dict[str, Any]) -> None:
        loader: zen.StaticLoaderConfig = {"type": "static", "content": {"table": model}}
        self._engine = zen.ZenEngine({"loader": loader})
        self._decision = zen.ZenEngine().create_decision(orjson.dumps(model).decode())
        self._decision.validate()
        self.ways: Mapping[str, Callable[[Sequence[Facts]], Prepared]] = {
            "engine.evaluate": self._by_engine,
            "engine.evaluate_batch": self._by_batch,
            "decision.evaluate": self._by_decision,
        }

    def singly(self, asked: Sequence[Facts]) -> Prepared:
        """One question after the other, in its fastest way."""
        engine = self._engine
        contexts = [context_of(facts) for facts in asked]
        return singly(lambda context: engine.evaluate("table", context), contexts)

    def rule(self, facts: Facts) -> object:
        """The id of the rule it finds."""
        return self._engine.evaluate("table", context_of(facts))["result"]["rule"]

    def _by_engine(self, asked: Sequence[Facts]) -> Prepared:
        evaluate, contexts = self._engine.evaluate, [context_of(facts) for facts in asked]
        return lambda: lambda: [evaluate("table", context) for context in contexts]

    def _by_batch(self, asked: Sequence[Facts]) -> Prepared:
        requests: list[zen.EvaluateBatchRequest] = [
            {"key": "table", "context": context_of(facts)} for facts in asked
        ]
        return lambda: lambda: self._engine.evaluate_batch(requests)

    def _by_decision(self, asked: Sequence[Facts]) -> Prepared:
        evaluate, contexts = self._decision.evaluate, [context_of(facts) for facts in asked]
        return lambda: lambda: [evaluate(context) for context in contexts]


def singly(ask: Callable[[Asked], object], asked: Sequence[Asked]) -> Prepared:
    """One question after the other; an answer is let go of before the next question."""

    def run() -> None:
        for one in asked:
            ask(one)

    return lambda: run


def check_same_rules(engine: Engine, other: Zen, compared: Sequence[Facts]) -> int:
    """Both must name the same rule for all `compared`; how many rules occurred."""
    seen = set()
    for facts in compared:
        ruling = engine.ruling(facts)
        ours = [rule.id for rule in ruling.rules] if isinstance(ruling, Ruling) else []
        theirs = other.rule(facts)
        if ours != [theirs]:
            raise RuntimeError(f"{facts}: ours {ours}, zen {theirs}")
        seen.add(theirs)
    return len(seen)


def per_second(prepared: Prepared, decisions: int, seconds: float) -> float:
    """Decisions per second over at least `seconds`, preparations and their garbage left out."""
    spent, done = 0.0, 0
    while spent < seconds:
        action = prepared()
        gc.collect()
        started = time.process_time()
        action()
        spent += time.process_time() - started
        done += decisions
    return done / spent


class Ours:
    """What of ours is timed, each from the state that its name says."""

    def __init__(self, rule_set: RuleSet, view: DirectoryView, vocabulary: Vocabulary) -> None:
        self._rule_set = rule_set
        self._view = view
        self._vocabulary = vocabulary

    def known(self, batch: Sequence[Facts]) -> Prepared:
        """The fast path, once it has met every plan and place."""
        outcomes = Outcomes(Engine(self._rule_set), self._view)
        outcomes.of(batch)
        return lambda: lambda: outcomes.of(batch)

    def fresh(self, batch: Sequence[Facts]) -> Prepared:
        """A newly compiled rule set that has decided nothing yet; the directory is in use."""

        def prepared() -> Callable[[], object]:
            outcomes = Outcomes(Engine(self._rule_set), self._view)
            return lambda: outcomes.of(batch)

        return prepared

    def traced(self, batch: Sequence[Facts]) -> Prepared:
        """A full document with trace and flip, put together anew for each question."""
        decide = Decider(Engine(self._rule_set), self._vocabulary).decide
        for facts in batch:
            decide(facts, self._view)
        return singly(lambda facts: decide(facts, self._view), batch)

    def traced_and_sealed(self, batch: Sequence[Facts]) -> Prepared:
        """The same, and the digest that identifies the document."""
        decide = Decider(Engine(self._rule_set), self._vocabulary).decide
        for facts in batch:
            decide(facts, self._view)
        return singly(lambda facts: decide(facts, self._view).digest, batch)

    def traced_and_fresh(self, batch: Sequence[Facts]) -> Prepared:
        """The same as `traced`, by a newly compiled engine that has told nothing yet."""

        def prepared() -> Callable[[], object]:
            decide = Decider(Engine(self._rule_set), self._vocabulary).decide
            return singly(lambda facts: decide(facts, self._view), batch)()

        return prepared

    def traced_and_known(self, batch: Sequence[Facts]) -> Prepared:
        """The same documents as the service hands them out once it has made them."""
        decide = Jurisdiction([self._rule_set], self._view.directory, self._vocabulary).decide
        for facts in batch:
            decide(facts, TODAY)
        return singly(lambda facts: decide(facts, TODAY), batch)


def compare(case: Case, way: Callable[[Sequence[Facts]], Prepared], seconds: float) -> Ratio:
    """Alternate both, print the median speeds and their ratio."""
    count, theirs = len(case.facts), way(case.facts)
    speeds = [
        (per_second(case.ours, count, seconds), per_second(theirs, count, seconds))
        for _ in range(TURNS)
    ]
    ours, other = (statistics.median(column) for column in zip(*speeds, strict=True))
    print(
        f"{case.name:40}{count:7,} facts{ours:12,.0f}/s   zen {other:9,.0f}/s   "
        f"ratio {ours / other:7.2f} (goal ≥ {case.goal:g})   "
        f"turns {[f'{mine / its:.2f}' for mine, its in speeds]}"
    )
    return Ratio(case.name, ours / other, case.goal)


def main() -> list[Ratio]:
    """Check that both agree, run the comparison, print it; the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.4)
    seconds = parser.parse_args().seconds
    rule_set = read_rule_set(*read_text(read_packaged("shenzhen-2016.yaml")))
    other = Zen(decision_table(rule_set))
    city = [facts_of(document) for document in organizations()]
    batch = [facts for facts in city if None not in attributes_of(facts)]
    distinct = list(dict.fromkeys(batch))
    attributes = list({attributes_of(facts): facts for facts in batch}.values())
    rules = check_same_rules(Engine(rule_set), other, distinct)
    print(
        f"{len(batch):,} of {len(city):,} organizations are complete: {len(distinct):,} distinct "
        f"facts, {len(attributes)} of attributes; the same rule for all, {rules} of "
        f"{len(rule_set.rules)} rules occur"
    )
    speeds = {name: per_second(way(batch), len(batch), 1) for name, way in other.ways.items()}
    print("zen  " + "   ".join(f"{name} {speed:,.0f}/s" for name, speed in speeds.items()))
    bulk = max(speeds, key=lambda name: speeds[name])
    print(f"held against {bulk} for a batch, engine.evaluate for single decisions")
    gc.collect()
    gc.freeze()  # as the services do once they have started
    vocabulary = read_vocabulary(read_packaged("vocabulary.yaml"))
    ours = Ours(rule_set, city_directory().on(TODAY), vocabulary)
    batches = [
        Case("batch, no trace: answers known", batch, ours.known(batch), BATCH_GOAL),
        Case("batch, no trace, cold: whole city", batch, ours.fresh(batch), BATCH_GOAL),
        Case("batch, no trace, cold: distinct facts", distinct, ours.fresh(distinct), BATCH_GOAL),
        Case("batch, no trace, cold: attributes", attributes, ours.fresh(attributes), BATCH_GOAL),
    ]
    singles = [
        Case("single, full trace: stored", distinct, ours.traced_and_known(distinct), TRACE_GOAL),
        Case("single, full trace: made anew", distinct, ours.traced(distinct), TRACE_GOAL),
        Case("single, full trace, cold", distinct, ours.traced_and_fresh(distinct), TRACE_GOAL),
    ]
    ratios = [
        *[compare(case, other.ways[bulk], seconds) for case in batches],
        *[compare(case, other.singly, seconds) for case in singles],
    ]
    sealed = per_second(ours.traced_and_sealed(distinct), len(distinct), seconds)
    print(f"made anew and its digest taken as well, which zen has none of: {sealed:,.0f}/s")
    return ratios


if __name__ == "__main__":
    main()
