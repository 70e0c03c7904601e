"""Puts counterexamples into sentences, in zh and en, with the words of the vocabulary."""

from collections.abc import Mapping, Sequence
from typing import Final

from jurisdiction_router.core.proving.proof import Counterexample
from jurisdiction_router.core.rules.vocabulary import Vocabulary
from servicekit.errors import Text

_SAID: Final[Mapping[str, Text]] = {
    "uncovered": Text("没有规则适用于：{facts}。", "No rule covers: {facts}."),
    "conflict": Text(
        "规则 {first} 与 {others} 同时适用且互不优先：{facts}。",
        "The rules {first} and {others} both apply, neither over the other: {facts}.",
    ),
    "unreachable": Text(
        "规则 {first} 永不适用：凡其条件成立之处，{others} 都优先。",
        "The rule {first} never applies: wherever it matches, one over it does ({others}).",
    ),
    "no_body": Text(
        "规则 {first} 所列的党组织都不存在：{facts}{place}。",
        "None of the bodies that the rule {first} names exists: {facts}{place}.",
    ),
    "no_area": Text(
        "自 {day} 起，目录中没有该地域的街道或社区，无从证明。",
        "From {day} on the directory has no street or community of the territory.",
    ),
    "parent_cycle": Text(
        "自 {day} 起，区划的上级关系成环：{all}。",
        "From {day} on areas lie in each other: {all}.",
    ),
}


def describe(example: Counterexample, words: Vocabulary) -> Text:
    """Return a sentence that says which facts break what."""
    facts = _facts(example.facts, words)
    place = _place(example)
    template = _SAID[example.kind]
    rest = {
        "first": example.rules[0] if example.rules else "",
        "others": ", ".join(example.rules[1:]) or "-",
        "all": " → ".join([*example.rules, *example.rules[:1]]),
        "day": example.place.extents[0].valid_from.isoformat() if example.place else "",
    }
    return Text(
        template.zh.format(facts=facts.zh, place=place.zh, **rest),
        template.en.format(facts=facts.en, place=place.en, **rest),
    )


def _facts(facts: Mapping[str, Sequence[str]], words: Vocabulary) -> Text:
    if not facts:
        return Text("任何事实", "any facts")
    zh, en = [], []
    for name, values in facts.items():
        title = words.attribute(name)
        labels = [words.value(name, value) for value in values]
        zh.append(f"{title.zh}为{'、'.join(label.zh for label in labels)}")
        en.append(f"{title.en}: {' or '.join(label.en for label in labels)}")
    return Text("；".join(zh), "; ".join(en))


def _place(example: Counterexample) -> Text:
    place = example.place
    if place is None:
        return Text("", "")
    day = place.extents[0].valid_from.isoformat()
    return Text(
        f"；住所在 {place.domicile}，登记管理机关在 {place.registering}，自 {day} 起",
        f"; domicile in {place.domicile}, registered in {place.registering}, from {day} on",
    )
