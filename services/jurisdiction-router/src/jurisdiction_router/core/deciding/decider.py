"""Makes decision documents: an answer with its whole reason, put together from shared parts.

What became of each rule, and which changes of a fact could matter, depend on the attributes alone
(`_AttributeParts`). The walk through the directory depends on what the rule's candidates read, and
on the areas they are looked for in (`_Walk`). Bodies that assist, places and flips repeat as well.
Each of these is made once; what is left for each organization is to look its parts up and to name
its own places. They are shared between documents, which nobody changes.

Facts that wait for a missing one have no plan: their walk is the engine's, made for them alone.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from jurisdiction_router.core.deciding import decision_document as parts
from jurisdiction_router.core.deciding.candidate_search import Areas, Plan, Values, picker
from jurisdiction_router.core.deciding.decision import Decision
from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.deciding.explanation import Explainer, joined
from jurisdiction_router.core.deciding.nearest_flip import Flip, Turn, nearest_flip, turns_of
from jurisdiction_router.core.deciding.outcomes import Outcomes
from jurisdiction_router.core.deciding.verdict import BY_RULE, Verdict, named
from jurisdiction_router.core.directory.directory import DirectoryView, Party
from jurisdiction_router.core.rules.combinations import levels_at
from jurisdiction_router.core.rules.conditions import all_candidates
from jurisdiction_router.core.rules.facts import ATTRIBUTE_SLICE, PLACE_SLICE, POSITIONS, Facts
from jurisdiction_router.core.rules.rule_set import Rule
from jurisdiction_router.core.rules.vocabulary import Vocabulary
from servicekit.bounded_cache import BoundedCache, FillingCache
from servicekit.errors import Text

MAX_ATTRIBUTES: Final = 5_000
"""Distinct attributes whose rules and turns are kept in memory."""

MAX_DATES: Final = 1_000
"""Dates of the directory of which anything is kept in memory."""

Json = dict[str, Any]


class _AttributeParts(NamedTuple):
    """What hangs on the attributes alone. No plan: a fact is missing, or no single rule is left."""

    plan: Plan | None
    attributes_read: tuple[object, ...]
    """The rule, and the values of the attributes that its candidates look at."""
    facts: Json
    rules: list[Json]
    turns: tuple[Turn, ...]
    turning: Callable[[Areas], Areas]
    """Picks the areas that the plan or one of the turns looks at."""


class _RuleParts(NamedTuple):
    """What a rule says of itself, wherever it applies."""

    document: Json
    """Every member of the document in its order; what hangs on more is still to be filled in."""
    sentence: Text | None
    remarks: Text


class _Walk(NamedTuple):
    """The way to the supervising body, and all of the document that hangs on it."""

    document: Json
    candidates: list[Json]
    opening: Text
    remarks: Text


class _Helpers(NamedTuple):
    """Bodies that assist or are told, and the sentence about those that assist."""

    documents: list[Json]
    sentence: Text


class _Turned(NamedTuple):
    """The nearest flip, in a document and as a sentence."""

    document: Json | None
    sentence: Text


_NOTHING: Final = Text("", "")
_FIRM: Final = _Turned(None, _NOTHING)


class Decider:
    """Puts verdicts into documents, for one rule set and one vocabulary."""

    def __init__(self, engine: Engine, vocabulary: Vocabulary) -> None:
        self.engine = engine
        self._explainer = Explainer(vocabulary)
        self._attribute_parts: FillingCache[Values, _AttributeParts] = FillingCache(
            self._parts_of, MAX_ATTRIBUTES
        )
        self._failures: FillingCache[tuple[str, str, str | None], Json] = FillingCache(
            self._failure
        )
        self._helpers: FillingCache[tuple[tuple[Party, ...], str | None], _Helpers] = FillingCache(
            self._help
        )
        self._rule_parts: FillingCache[str, _RuleParts] = FillingCache(self._describe_rule)
        self._candidates = {id(c): parts.candidate_of(c) for c in all_candidates(engine.rule_set)}
        self._turned: BoundedCache[object, _Turned] = BoundedCache()
        self._levels = FillingCache(levels_at)
        self._dates: FillingCache[DirectoryView, _Date] = FillingCache(
            lambda view: _Date(engine, view), MAX_DATES
        )

    def decide(self, facts: Facts, view: DirectoryView) -> Decision:
        """Decide and explain."""
        values: Values = facts
        attributes, around = values[ATTRIBUTE_SLICE], view.around[values[PLACE_SLICE]]
        date, shared = self._dates[view], self._attribute_parts[attributes]
        plan, supervisor = shared.plan, facts.supervisor_name
        if plan is not None:
            verdict = date.outcomes.by_plan[plan][plan.pick(around)]
            way = shared.attributes_read, plan.walk(around)
            walk = date.walks.get(way) or date.walks.store(way, self._walk(plan.rule, facts, view))
            near = attributes, shared.turning(around), self._levels[facts.registering]
            turned = date.turned.get(near) or date.turned.store(
                near, self._turn(nearest_flip(date.outcomes, shared.turns, facts, around, verdict))
            )
        else:
            verdict = self.engine.verdict(facts, view)
            walk, supervisor = self._walk_anew(verdict, facts), ""  # who assists is named already
            turned = self._turn(nearest_flip(date.outcomes, shared.turns, facts, around, verdict))
        assisting = self._helpers[verdict.assisting, supervisor]
        document = walk.document.copy()
        document["assisting"] = assisting.documents
        document["notified"] = self._helpers[verdict.notified, supervisor].documents
        document["facts"] = {
            **shared.facts,
            "domicile": facts.domicile,
            "registering": facts.registering,
            "business_supervisor": facts.supervisor_name or None,
        }
        document["trace"] = {
            "place": {
                "domicile": date.paths[facts.domicile],
                "registering": date.paths[facts.registering],
            },
            "rules": shared.rules,
            "candidates": walk.candidates,
        }
        document["nearest_flip"] = turned.document
        one, two, three, four = walk.opening, assisting.sentence, walk.remarks, turned.sentence
        document["explanation"] = {
            "zh": "".join((one.zh, two.zh, three.zh, four.zh)),
            "en": " ".join(filter(None, (one.en, two.en, three.en, four.en))),
        }
        return Decision(self.engine.rule_set.id, document)

    def decide_plainly(self, facts: Facts, view: DirectoryView) -> Json:
        """Decide by the fast path: the document without trace, flip and explanation."""
        document = parts.answer_of(self.on(view).verdict(facts), self.engine.rule_set)
        document["facts"] = parts.facts_document(facts)
        return document

    def on(self, view: DirectoryView) -> Outcomes:
        """Return the fast path on one date, for whole registers."""
        return self._dates[view].outcomes

    def _parts_of(self, attributes: Values) -> _AttributeParts:
        facts = Facts(*attributes)
        plan = self.engine.plan(attributes)
        attributes_read: tuple[str | None, ...] = ()
        if plan is not None:
            names = self.engine.attributes_read[plan.rule.id]
            attributes_read = plan.rule.id, *(attributes[POSITIONS[name]] for name in names)
        turns = turns_of(self.engine, attributes)
        plans = [plan, *(turn.plan for turn in turns)]
        turning = picker(sorted({area for one in plans if one for area in one.walked}))
        rules = self._rules(facts)
        return _AttributeParts(
            plan, attributes_read, parts.facts_document(facts), rules, turns, turning
        )

    def _rules(self, facts: Facts) -> list[Json]:
        """Tell what became of each rule."""
        rules = []
        for rule in self.engine.rule_set.rules:
            failed = self.engine.failing_cell(rule.when, facts)
            if failed is None:
                rules.append(parts.considered(self.engine, rule, facts))
            else:
                rules.append(self._failures[rule.id, failed, facts[POSITIONS[failed]]])
        return rules

    def _failure(self, key: tuple[str, str, str | None]) -> Json:
        rule, attribute, value = key
        return parts.failure(self.engine.rule_set.rule(rule), attribute, value)

    def _walk(self, rule: Rule, facts: Facts, view: DirectoryView) -> _Walk:
        """The walk of the rule that surely applies; all that its candidates look at is known."""
        verdict = self.engine.walk(rule, facts, view)
        assert isinstance(verdict, Verdict)
        about = self._rule_parts[rule.id]
        document = about.document | {
            "outcome": verdict.outcome,
            "reason": verdict.reason,
            "supervising": parts.party(verdict.supervising),
            "missing": list(verdict.missing),
        }
        return self._walk_of(verdict, facts, about._replace(document=document))

    def _walk_anew(self, verdict: Verdict, facts: Facts) -> _Walk:
        return self._walk_of(verdict, facts, self._describe(verdict))

    def _walk_of(self, verdict: Verdict, facts: Facts, about: _RuleParts) -> _Walk:
        explainer = self._explainer
        skipped = explainer.skipped(verdict, facts)
        opening = joined((explainer.answer(verdict), about.sentence, skipped))
        candidates = parts.candidates_of(verdict, self._candidates)
        return _Walk(about.document, candidates, opening, about.remarks)

    def _describe_rule(self, rule_id: str) -> _RuleParts:
        rule = self.engine.rule_set.rule(rule_id)
        return self._describe(Verdict(rule.outcome, BY_RULE, rule))

    def _describe(self, verdict: Verdict) -> _RuleParts:
        document = parts.answer_of(verdict, self.engine.rule_set)
        document |= dict.fromkeys(("trace", "nearest_flip", "explanation"))
        rule = verdict.rule
        return _RuleParts(document, self._explainer.rule(rule), self._explainer.remarks(rule))

    def _help(self, key: tuple[tuple[Party, ...], str | None]) -> _Helpers:
        helping = named(*key)
        sentence = self._explainer.assisting(helping) or _NOTHING
        return _Helpers([party._asdict() for party in helping], sentence)

    def _turn(self, flip: Flip | None) -> _Turned:
        if flip is None:
            return _FIRM
        turn, other = flip
        key = turn, other.outcome, other.supervising
        return self._turned.get(key) or self._turned.store(
            key, _Turned(parts.flip_of(flip), self._explainer.flip(flip))
        )


class _Date:
    """What is remembered of one date."""

    def __init__(self, engine: Engine, view: DirectoryView) -> None:
        self.outcomes = Outcomes(engine, view)
        self.walks: BoundedCache[object, _Walk] = BoundedCache()
        self.turned: BoundedCache[object, _Turned] = BoundedCache()
        self.paths: FillingCache[str | None, Json] = FillingCache(
            lambda code: parts.path_of(view.path(code))
        )
