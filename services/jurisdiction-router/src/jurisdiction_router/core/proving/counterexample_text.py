"""Puts counterexamples into sentences, in zh and en, with the words of the vocabulary."""

from collections.abc import Mapping, Sequence

from jurisdiction_router.core.proving.proof import Counterexample
from jurisdiction_router.core.rules.vocabulary import Vocabulary
from jurisdiction_router.core.texts import fill, listed, texts
from servicekit.errors import Text

_TEXTS = texts("counterexamples")


def describe(example: Counterexample, words: Vocabulary) -> Text:
    """Return a sentence that says which facts break what."""
    return fill(
        _TEXTS[example.kind],
        facts=_facts(example.facts, words),
        place=_place(example),
        first=example.rules[0] if example.rules else "",
        others=", ".join(example.rules[1:]) or "-",
        all=" → ".join([*example.rules, *example.rules[:1]]),
        day=example.place.extents[0].valid_from.isoformat() if example.place else "",
    )


def _facts(facts: Mapping[str, Sequence[str]], words: Vocabulary) -> Text:
    if not facts:
        return _TEXTS["any_facts"]
    conditions = (
        fill(
            _TEXTS["attribute_is"],
            attribute=words.attribute(name),
            values=listed((words.value(name, value) for value in values), "、", " or "),
        )
        for name, values in facts.items()
    )
    return listed(conditions, "；", "; ")


def _place(example: Counterexample) -> Text:
    place = example.place
    if place is None:
        return Text("", "")
    return fill(
        _TEXTS["place"],
        domicile=str(place.domicile),
        registering=str(place.registering),
        day=place.extents[0].valid_from.isoformat(),
    )
