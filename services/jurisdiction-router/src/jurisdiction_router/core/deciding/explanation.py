"""Puts a verdict into sentences, in zh and en, quoting the clause and naming its basis."""

from collections.abc import Iterable, Sequence

from jurisdiction_router.core.deciding.nearest_flip import Flip
from jurisdiction_router.core.deciding.verdict import (
    CONDITION_FAILS,
    CONFLICT,
    MISSING_FACTS,
    NO_BODY,
    NO_RULE,
    NO_RULE_SET,
    NO_SUCH_BODY,
    NO_SUPERVISOR,
    SEVERAL_BODIES,
    Step,
    Verdict,
)
from jurisdiction_router.core.directory.directory import Party
from jurisdiction_router.core.rules.facts import Facts
from jurisdiction_router.core.rules.rule_set import ASSIGNED, OUT_OF_SCOPE, Rule
from jurisdiction_router.core.rules.vocabulary import Vocabulary
from jurisdiction_router.core.texts import fill, listed, texts
from servicekit.errors import Text

_TEXTS = texts("explanations")


def joined(sentences: Iterable[Text | None]) -> Text:
    """Return sentences as one text; those that have nothing to say are left out."""
    spoken = [sentence for sentence in sentences if sentence is not None and sentence.zh]
    return Text("".join(s.zh for s in spoken), " ".join(s.en for s in spoken))


class Explainer:
    """Writes the parts of an explanation with one vocabulary; `joined` makes them one text."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = vocabulary

    def answer(self, verdict: Verdict) -> Text:
        """Say who supervises, or why that is not said."""
        if verdict.outcome == ASSIGNED and verdict.supervising is not None:
            return fill(_TEXTS["supervised"], name=verdict.supervising.name)
        if verdict.reason == MISSING_FACTS:
            return self._missing(verdict)
        return self._no_answer(verdict)

    def _no_answer(self, verdict: Verdict) -> Text:
        """Say why no body was found although every fact is known."""
        rule = verdict.rule
        if rule is not None and rule.question is not None:
            question = rule.question
            key = "out_of_scope" if verdict.outcome == OUT_OF_SCOPE else "needs_decision"
            return fill(_TEXTS[key], question=question)
        if verdict.reason == CONFLICT:
            return fill(_TEXTS["conflict"], rules=", ".join(verdict.conflicting))
        return _TEXTS[verdict.reason if verdict.reason in (NO_BODY, NO_RULE_SET) else NO_RULE]

    def _missing(self, verdict: Verdict) -> Text:
        attributes = listed(map(self._words.attribute, verdict.missing), "、", ", ")
        missing = fill(_TEXTS["missing_facts"], attributes=attributes)
        names = {p.supervising.name: None for p in verdict.possible if p.supervising}
        if not names:
            return missing
        return joined((missing, fill(_TEXTS["possible_bodies"], names=listed(names, "、", ", "))))

    def rule(self, rule: Rule | None) -> Text | None:
        """Name the rule that applies, its basis and its clause."""
        if rule is None:
            return None
        known: dict[str, Text | str | int] = {
            "title": rule.title,
            "row": rule.row,
            "basis": self._words.basis(rule.basis),
        }
        clause = rule.clause
        if clause is None:
            return fill(_TEXTS["rule"], **known)
        if clause.text is None:
            return fill(_TEXTS["rule_with_source"], **known, source=clause.source)
        return fill(_TEXTS["rule_with_clause"], **known, clause=clause.text, source=clause.source)

    def skipped(self, verdict: Verdict, facts: Facts) -> Text:
        """Say why candidates were passed over."""
        return joined(self._skipped(step, facts) for step in verdict.steps if not step.party)

    def _skipped(self, step: Step, facts: Facts) -> Text | None:
        if step.result == CONDITION_FAILS and step.attribute is not None:
            attribute = self._words.attribute(step.attribute)
            value = self._words.value(step.attribute, getattr(facts, step.attribute))
            reason = fill(_TEXTS["attribute_is"], attribute=attribute, value=value)
        elif step.result in (NO_SUCH_BODY, SEVERAL_BODIES, NO_SUPERVISOR):
            reason = fill(_TEXTS[step.result], area=str(step.area))
        else:
            return None
        return fill(_TEXTS["skipped"], body=self._words.body(step.candidate.body), reason=reason)

    def assisting(self, parties: Sequence[Party]) -> Text | None:
        """Name the bodies that assist, if there are any."""
        if not parties:
            return None
        names = listed((p.name or self._words.body(p.kind) for p in parties), "、", ", ")
        return fill(_TEXTS["assisting"], names=names)

    def remarks(self, rule: Rule | None) -> Text:
        """Say what is to be known of a rule: its flags, and the form its clause asks for."""
        remarks = []
        if rule is not None and rule.flags:
            flags = listed(map(self._words.flag, rule.flags), "；", "; ")
            remarks.append(fill(_TEXTS["note"], flags=flags))
        if rule is not None and rule.form is not None:
            remarks.append(fill(_TEXTS["form"], form=rule.form.note))
        return joined(remarks)

    def flip(self, flip: Flip) -> Text:
        """Say which fact would change the answer, and to what."""
        turn, other = flip
        if other.supervising is not None:
            consequence = fill(_TEXTS["flip_to_body"], name=other.supervising.name)
        else:
            out = other.outcome == OUT_OF_SCOPE
            consequence = _TEXTS["flip_out_of_scope" if out else "flip_to_decision"]
        return fill(
            _TEXTS["flip"],
            attribute=self._words.attribute(turn.attribute),
            before=self._words.value(turn.attribute, turn.current),
            after=self._words.value(turn.attribute, turn.value),
            consequence=consequence,
        )
