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
from servicekit.errors import Text

_WITHOUT_RULE = {
    NO_RULE_SET: Text(
        "该组织的住所和登记管理机关都不在任何规则集的适用地域内，本平台不作判断。",
        "Neither the domicile nor the registering authority lies in the territory of any rule set: "
        "this platform gives no answer.",
    ),
    NO_RULE: Text("没有规则适用，需要人工决定。", "No rule applies: a decision is needed."),
}


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
            name = verdict.supervising.name
            return Text(f"由{name}领导和管理。", f"Supervised by {name}.")
        if verdict.reason == MISSING_FACTS:
            return self._missing(verdict)
        return self._no_answer(verdict)

    def _no_answer(self, verdict: Verdict) -> Text:
        """Say why no body was found although every fact is known."""
        rule = verdict.rule
        if rule is not None and rule.question is not None:
            question = rule.question
            if verdict.outcome == OUT_OF_SCOPE:
                return Text(f"不在适用范围内：{question.zh}。", f"Out of scope. {question.en}.")
            return Text(f"需要人工决定：{question.zh}。", f"A decision is needed. {question.en}.")
        if verdict.reason == CONFLICT:
            names = ", ".join(verdict.conflicting)
            return Text(
                f"规则 {names} 同时适用且互不优先，需要人工决定。",
                f"The rules {names} apply at once and neither is over the other: "
                "a decision is needed.",
            )
        if verdict.reason == NO_BODY:
            return Text(
                "规则所列的党组织在目录中都不存在，需要人工决定。",
                "None of the bodies the rule names exists in the directory: a decision is needed.",
            )
        return _WITHOUT_RULE.get(verdict.reason, _WITHOUT_RULE[NO_RULE])

    def _missing(self, verdict: Verdict) -> Text:
        attributes = [self._words.attribute(name) for name in verdict.missing]
        names = {p.supervising.name: None for p in verdict.possible if p.supervising}
        zh = f"还缺少：{'、'.join(t.zh for t in attributes)}；补齐后才能判断。"
        en = f"Not known yet, and needed to decide: {', '.join(t.en for t in attributes)}."
        if names:
            zh += f"可能的党组织：{'、'.join(names)}。"
            en += f" Possible bodies: {', '.join(names)}."
        return Text(zh, en)

    def rule(self, rule: Rule | None) -> Text | None:
        """Name the rule that applies, its basis and its clause."""
        if rule is None:
            return None
        basis = self._words.basis(rule.basis)
        zh = f"适用规则「{rule.title.zh}」（规则表第 {rule.row} 行，依据：{basis.zh}）"
        en = f"Rule “{rule.title.en}” (row {rule.row} of the table, basis: {basis.en})"
        clause = rule.clause
        if clause is None:
            return Text(f"{zh}。", f"{en}.")
        if clause.text is None:
            return Text(f"{zh}，来源：{clause.source}。", f"{en}, source: {clause.source}.")
        return Text(
            f"{zh}：“{clause.text}”（{clause.source}）。",
            f"{en}: “{clause.text}” ({clause.source}).",
        )

    def skipped(self, verdict: Verdict, facts: Facts) -> Text:
        """Say why candidates were passed over."""
        return joined(self._skipped(step, facts) for step in verdict.steps if not step.party)

    def _skipped(self, step: Step, facts: Facts) -> Text | None:
        body = self._words.body(step.candidate.body)
        result = step.result
        if result == CONDITION_FAILS and step.attribute is not None:
            title = self._words.attribute(step.attribute)
            value = self._words.value(step.attribute, getattr(facts, step.attribute))
            reason = Text(f"{title.zh}为“{value.zh}”", f"{title.en} is “{value.en}”")
        elif result == NO_SUCH_BODY:
            reason = Text(f"{step.area} 当日没有该党组织", f"{step.area} has none on that date")
        elif result == SEVERAL_BODIES:
            reason = Text(f"{step.area} 当日有不止一个", f"{step.area} has several on that date")
        elif result == NO_SUPERVISOR:
            reason = Text("没有业务主管单位", "there is no business supervisor")
        else:
            return None
        return Text(f"未选{body.zh}：{reason.zh}。", f"Not the {body.en}: {reason.en}.")

    def assisting(self, parties: Sequence[Party]) -> Text | None:
        """Name the bodies that assist, if there are any."""
        if not parties:
            return None
        names = [party.name or self._words.body(party.kind).zh for party in parties]
        english = [party.name or self._words.body(party.kind).en for party in parties]
        return Text(f"协助：{'、'.join(names)}。", f"Assisting: {', '.join(english)}.")

    def remarks(self, rule: Rule | None) -> Text:
        """Say what is to be known of a rule: its flags, and the form its clause asks for."""
        remarks = []
        if rule is not None and rule.flags:
            flags = [self._words.flag(flag) for flag in rule.flags]
            remarks.append(
                Text(
                    f"注意：{'；'.join(t.zh for t in flags)}。",
                    f"Note: {'; '.join(t.en for t in flags)}.",
                )
            )
        if rule is not None and rule.form is not None:
            note = rule.form.note
            remarks.append(Text(f"组建形式：{note.zh}。", f"Form: {note.en}."))
        return joined(remarks)

    def flip(self, flip: Flip) -> Text:
        """Say which fact would change the answer, and to what."""
        turn, other = flip
        title = self._words.attribute(turn.attribute)
        before = self._words.value(turn.attribute, turn.current)
        after = self._words.value(turn.attribute, turn.value)
        if other.supervising is not None:
            zh, en = (
                f"则由{other.supervising.name}领导和管理",
                f"it would be {other.supervising.name}",
            )
        elif other.outcome == OUT_OF_SCOPE:
            zh, en = "则不在适用范围内", "it would be out of scope"
        else:
            zh, en = "则需要人工决定", "a decision would be needed"
        return Text(
            f"若{title.zh}由“{before.zh}”变为“{after.zh}”，{zh}。",
            f"If the {title.en} were “{after.en}” instead of “{before.en}”, {en}.",
        )
