"""The decision document: the whole reason for an answer, fit to be stored and read back.

It holds no date and no organization: two organizations with equal facts in the same surroundings
share one document, identified by the digest of its canonical JSON. No floats, ASCII keys.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import orjson

from jurisdiction_router.domain.directory import AREA_LEVELS, DirectoryView, Path
from jurisdiction_router.domain.engine import MAX_REMEMBERED, Engine
from jurisdiction_router.domain.explanation import Explainer
from jurisdiction_router.domain.facts import POSITIONS, Facts
from jurisdiction_router.domain.nearest_flip import Flip, nearest_flip
from jurisdiction_router.domain.outcomes import Outcomes
from jurisdiction_router.domain.rule_set import Candidate, Clause, Form, Rule
from jurisdiction_router.domain.verdict import NO_RULE_SET, Step, Verdict
from jurisdiction_router.domain.vocabulary import Vocabulary
from servicekit.text import Text

_STATE: Final = ("outcome", "supervising", "assisting", "rule_set", "rule", "basis", "flags")
"""Members of a document that are the assignment's state, too (docs/contracts.md)."""
_CERTAINTY: Final = (("I", "inferred"), ("L", "local_practice"), ("N", "stated"), ("S", "stated"))


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with its document; `digest` identifies the document."""

    verdict: Verdict
    rule_set: str | None
    document: dict[str, Any]
    digest: str

    def area(self) -> str:
        """Return the access area: where the domicile lies then, else the registering authority.

        A code of another time is told by what stands for it; `""` where neither is recorded.
        """
        facts = self.document["facts"]
        place = self.document["trace"]["place"]
        for name in ("domicile", "registering"):
            if facts[name] is None:
                continue
            path = place[name] if place else {}
            levels = (path.get(level) for level in reversed(AREA_LEVELS))
            return next((code for code in levels if code is not None), str(facts[name]))
        return ""

    def state(self) -> dict[str, Any]:
        """Return the assignment's state as feeds and lists show it."""
        return {
            **{name: self.document[name] for name in _STATE},
            "decision": self.digest,
        }


class Decider:
    """Puts verdicts into documents, for one rule set and one vocabulary."""

    def __init__(self, engine: Engine, vocabulary: Vocabulary) -> None:
        self.engine = engine
        self._explainer = Explainer(vocabulary)
        self._rules: dict[tuple[str | None, ...], list[dict[str, Any]]] = {}
        self._outcomes: dict[DirectoryView, Outcomes] = {}

    def _considered(self, facts: Facts) -> list[dict[str, Any]]:
        """What became of each rule; it hangs on the attributes alone, so it is told once for them.

        The list is shared between documents, which nobody changes.
        """
        key = facts[: len(POSITIONS)]
        known = self._rules.get(key)
        if known is None:
            if len(self._rules) >= MAX_REMEMBERED:
                self._rules.clear()
            rules = self.engine.rule_set.rules
            known = self._rules[key] = [_considered(self.engine, rule, facts) for rule in rules]
        return known

    def on(self, view: DirectoryView) -> Outcomes:
        """Return the fast path on one date, for whole registers."""
        outcomes = self._outcomes.get(view)
        if outcomes is None:
            outcomes = self._outcomes[view] = Outcomes(self.engine, view)
        return outcomes

    def decide(self, facts: Facts, view: DirectoryView) -> Decision:
        """Decide and explain."""
        verdict = self.engine.verdict(facts, view)
        flip = nearest_flip(self.engine, self.on(view), facts, verdict)
        rule_set = self.engine.rule_set
        document = {
            **_document(verdict, facts, rule_set.id),
            "rule_set_digest": rule_set.digest,
            "trace": {
                "place": _place(facts, view),
                "rules": self._considered(facts),
                "candidates": _candidates(verdict),
            },
            "nearest_flip": _flip(flip),
            "explanation": _text(self._explainer.explain(verdict, facts, flip)),
        }
        return Decision(verdict, rule_set.id, document, digest_of(document))

    def decide_plainly(self, facts: Facts, view: DirectoryView) -> dict[str, Any]:
        """Decide by the fast path: the document without trace, flip and explanation."""
        rule_set = self.engine.rule_set
        document = _document(self.on(view).verdict(facts), facts, rule_set.id)
        return {**document, "rule_set_digest": rule_set.digest}


def outside_every_scope(facts: Facts, vocabulary: Vocabulary) -> Decision:
    """Return the decision for an organization no rule set's territory ever contains."""
    verdict = Verdict("out_of_scope", NO_RULE_SET)
    document = plainly_outside(facts)
    document["trace"] = {"place": None, "rules": [], "candidates": []}
    document["nearest_flip"] = None
    document["explanation"] = _text(Explainer(vocabulary).explain(verdict, facts, None))
    return Decision(verdict, None, document, digest_of(document))


def plainly_outside(facts: Facts) -> dict[str, Any]:
    """Return the document of `outside_every_scope` without trace, flip and explanation."""
    verdict = Verdict("out_of_scope", NO_RULE_SET)
    return {**_document(verdict, facts, None), "rule_set_digest": None}


def digest_of(document: dict[str, Any]) -> str:
    """Return the SHA-256 of a document's canonical JSON (RFC 8785), in hexadecimal.

    For documents made here: they hold no floats, which is all that sorted keys get wrong.
    """
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def certainty_of(basis: str | None) -> str | None:
    """Return how far a basis carries: its weakest part counts."""
    parts = set((basis or "").split("/"))
    return next((word for letter, word in _CERTAINTY if letter in parts), None)


def _document(verdict: Verdict, facts: Facts, rule_set: str | None) -> dict[str, Any]:
    rule = verdict.rule
    known = {name: facts[position] for name, position in POSITIONS.items()}
    return {
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "supervising": verdict.supervising._asdict() if verdict.supervising else None,
        "assisting": [party._asdict() for party in verdict.assisting],
        "notified": [party._asdict() for party in verdict.notified],
        "rule_set": rule_set,
        "rule": rule.id if rule else None,
        "row": rule.row if rule else None,
        "title": _text(rule.title) if rule else None,
        "basis": rule.basis if rule else None,
        "certainty": certainty_of(rule.basis) if rule else None,
        "clause": _clause(rule.clause) if rule else None,
        "flags": list(rule.flags) if rule else [],
        "form": _form(rule.form) if rule else None,
        "question": _text(rule.question) if rule and rule.question else None,
        "conflicting": list(verdict.conflicting),
        "missing": list(verdict.missing),
        "possible": [
            {
                "outcome": answer.outcome,
                "rule": answer.rule,
                "supervising": answer.supervising._asdict() if answer.supervising else None,
                "when": {answer.attribute: list(answer.values)},
            }
            for answer in verdict.possible
        ],
        "designation": None,
        "by_rule": None,
        "facts": {
            **known,
            "domicile": facts.domicile,
            "registering": facts.registering,
            "business_supervisor": facts.supervisor_name or None,
        },
    }


def _considered(engine: Engine, rule: Rule, facts: Facts) -> dict[str, Any]:
    """Tell what became of one rule: it applies, is defeated, waits for a fact, or a cell failed."""
    failed = engine.failing_cell(rule.when, facts)
    if failed is not None:
        return {
            "rule": rule.id,
            "result": "fails",
            "attribute": failed,
            "wanted": sorted(rule.when[failed]),
            "found": facts[POSITIONS[failed]],
        }
    unknown = [name for name in rule.when if facts[POSITIONS[name]] is None]
    if unknown:
        return {"rule": rule.id, "result": "open", "unknown": unknown}
    winners = sorted(engine.winners_over(rule, facts))
    if winners:
        return {"rule": rule.id, "result": "defeated", "by": winners}
    return {"rule": rule.id, "result": "applies"}


def _candidates(verdict: Verdict) -> list[dict[str, Any]]:
    """List the rule's candidates: those walked, then those the walk did not reach."""
    walked = [_step(step) for step in verdict.steps]
    rest = verdict.rule.supervising[len(walked) :] if verdict.rule else ()
    return walked + [{**_candidate(candidate), "result": "not_reached"} for candidate in rest]


def _step(step: Step) -> dict[str, Any]:
    return {
        **_candidate(step.candidate),
        "area_code": step.area,
        "result": step.result,
        "id": step.party.id if step.party else None,
        "attribute": step.attribute,
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "kind": candidate.body,
        "at": candidate.at,
        "system": candidate.system,
        "when": {name: sorted(values) for name, values in candidate.when.items()},
    }


def _place(facts: Facts, view: DirectoryView) -> dict[str, Any]:
    return {
        "domicile": _path(view.path(facts.domicile)),
        "registering": _path(view.path(facts.registering)),
    }


def _path(path: Path) -> dict[str, Any]:
    return {
        **path._asdict(),
        "read_from_code": list(path.read_from_code),
        "by_succession": list(path.by_succession),
    }


def _flip(flip: Flip | None) -> dict[str, Any] | None:
    if flip is None:
        return None
    other = flip.verdict
    return {
        "attribute": flip.attribute,
        "from": flip.current,
        "to": flip.value,
        "outcome": other.outcome,
        "rule": other.rule.id if other.rule else None,
        "supervising": other.supervising._asdict() if other.supervising else None,
    }


def _clause(clause: Clause | None) -> dict[str, Any] | None:
    if clause is None:
        return None
    return {"source": clause.source, "article": clause.article, "text": clause.text}


def _form(form: Form | None) -> dict[str, Any] | None:
    if form is None:
        return None
    return {"mode": form.mode, "note": _text(form.note), "clause": _clause(form.clause)}


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
