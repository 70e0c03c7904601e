"""The parts of a decision document: what the engine found, as JSON values."""

from collections.abc import Mapping
from typing import Any, Final

from jurisdiction_router.core.deciding.engine import Engine
from jurisdiction_router.core.deciding.nearest_flip import Flip
from jurisdiction_router.core.deciding.verdict import Verdict
from jurisdiction_router.core.directory.directory import Party, Path
from jurisdiction_router.core.rules.facts import POSITIONS, Facts
from jurisdiction_router.core.rules.rule_set import Candidate, Clause, Form, Rule, RuleSet
from servicekit.errors import Text

_CERTAINTY: Final = (("I", "inferred"), ("L", "local_practice"), ("N", "stated"), ("S", "stated"))


def certainty_of(basis: str | None) -> str | None:
    """Return how far a basis carries: its weakest part counts."""
    parts = set((basis or "").split("/"))
    return next((word for letter, word in _CERTAINTY if letter in parts), None)


def answer_of(verdict: Verdict, rule_set: RuleSet | None) -> dict[str, Any]:
    """Return the members that tell the answer and what it rests on, up to the facts."""
    rule = verdict.rule
    return {
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "supervising": party(verdict.supervising),
        "assisting": [party(one) for one in verdict.assisting],
        "notified": [party(one) for one in verdict.notified],
        "rule_set": rule_set.id if rule_set else None,
        "rule": rule.id if rule else None,
        "row": rule.row if rule else None,
        "title": text_of(rule.title) if rule else None,
        "basis": rule.basis if rule else None,
        "certainty": certainty_of(rule.basis) if rule else None,
        "clause": _clause(rule.clause) if rule else None,
        "flags": list(rule.flags) if rule else [],
        "form": _form(rule.form) if rule else None,
        "question": text_of(rule.question) if rule and rule.question else None,
        "conflicting": list(verdict.conflicting),
        "missing": list(verdict.missing),
        "possible": [
            {
                "outcome": answer.outcome,
                "rule": answer.rule,
                "supervising": party(answer.supervising),
                "when": {answer.attribute: list(answer.values)},
            }
            for answer in verdict.possible
        ],
        "designation": None,
        "by_rule": None,
        "facts": None,
        "rule_set_digest": rule_set.digest if rule_set else None,
    }


def facts_document(facts: Facts) -> dict[str, Any]:
    """Return the facts, as the document repeats them."""
    return {
        **{name: facts[position] for name, position in POSITIONS.items()},
        "domicile": facts.domicile,
        "registering": facts.registering,
        "business_supervisor": facts.supervisor_name or None,
    }


def party(named: Party | None) -> dict[str, Any] | None:
    """Return a body as a document names it."""
    return None if named is None else named._asdict()


def considered(engine: Engine, rule: Rule, facts: Facts) -> dict[str, Any]:
    """Tell what became of one rule: it applies, is defeated, waits for a fact, or a cell failed."""
    failed = engine.failing_cell(rule.when, facts)
    if failed is not None:
        return failure(rule, failed, facts[POSITIONS[failed]])
    unknown = [name for name in rule.when if facts[POSITIONS[name]] is None]
    if unknown:
        return {"rule": rule.id, "result": "open", "unknown": unknown}
    winners = sorted(engine.winners_over(rule, facts))
    if winners:
        return {"rule": rule.id, "result": "defeated", "by": winners}
    return {"rule": rule.id, "result": "applies"}


def failure(rule: Rule, attribute: str, value: str | None) -> dict[str, Any]:
    """Tell that a rule fails on a cell."""
    allowed = sorted(rule.when[attribute])
    return {
        "rule": rule.id,
        "result": "fails",
        "attribute": attribute,
        "wanted": allowed,
        "found": value,
    }


def candidates_of(
    verdict: Verdict, described: Mapping[int, dict[str, Any]]
) -> list[dict[str, Any]]:
    """List the rule's candidates: those walked, then those the walk did not reach.

    `described` has each candidate of the rule set as `candidate_of` gives it, by its `id()`.
    """
    walked = [
        {
            **described[id(step.candidate)],
            "area_code": step.area,
            "result": step.result,
            "id": step.party.id if step.party else None,
            "attribute": step.attribute,
        }
        for step in verdict.steps
    ]
    rest = verdict.rule.supervising[len(walked) :] if verdict.rule else ()
    return walked + [{**described[id(one)], "result": "not_reached"} for one in rest]


def candidate_of(candidate: Candidate) -> dict[str, Any]:
    """Return a candidate as its rule names it."""
    return {
        "kind": candidate.body,
        "at": candidate.at,
        "system": candidate.system,
        "when": {name: sorted(values) for name, values in candidate.when.items()},
    }


def path_of(path: Path) -> dict[str, Any]:
    """Return the areas around a place."""
    return {
        **path._asdict(),
        "read_from_code": list(path.read_from_code),
        "by_succession": list(path.by_succession),
    }


def flip_of(flip: Flip) -> dict[str, Any]:
    """Return the change that would flip the answer, and the answer it would be."""
    turn, other = flip
    return {
        "attribute": turn.attribute,
        "from": turn.current,
        "to": turn.value,
        "outcome": other.outcome,
        "rule": other.rule.id if other.rule else None,
        "supervising": party(other.supervising),
    }


def _clause(clause: Clause | None) -> dict[str, Any] | None:
    if clause is None:
        return None
    return {"source": clause.source, "article": clause.article, "text": clause.text}


def _form(form: Form | None) -> dict[str, Any] | None:
    if form is None:
        return None
    return {"mode": form.mode, "note": text_of(form.note), "clause": _clause(form.clause)}


def text_of(text: Text) -> dict[str, str]:
    """Return a text as a document says it."""
    return {"zh": text.zh, "en": text.en}
