"""Who could supervise an organization of which nobody knows the street: each street is asked for.

Only where a question is answered, never in what is stored: an assignment must not hang on streets
that the organization does not lie in, or every change of one of them would make it anew.
Where it falls down: an organization may lie outside its authority's territory; that is not asked.
"""

from typing import Any, Final

from jurisdiction_router.core.deciding.decision import Decision
from jurisdiction_router.core.deciding.decision_document import text_of
from jurisdiction_router.core.deciding.explanation import joined
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.deciding.verdict import MISSING_FACTS
from jurisdiction_router.core.directory.directory import DirectoryView
from jurisdiction_router.core.rules.facts import Facts
from jurisdiction_router.core.texts import fill, listed, texts
from servicekit.errors import Text

MAX_STREETS: Final = 400
"""Streets that are asked for; more than any city but Chongqing has. A territory with more, such as
a province, gets no list: half a list would pass for the whole."""

MAX_NAMED: Final = 5
"""Possible bodies that the sentence names; all are in the list."""

_TEXTS = texts("explanations")
QUESTION: Final = _TEXTS["which_street"]

Json = dict[str, Any]


def decide(jurisdiction: Jurisdiction, facts: Facts, view: DirectoryView) -> Decision | None:
    """Decide as `Jurisdiction.decide` on the view's day.

    Where only the street is missing, with what each street of the territory would give, and the
    question that settles it.
    """
    decision = jurisdiction.decide(facts, view.day)
    if decision is None or not _lacks_street(decision.document):
        return decision
    document = _with_streets(decision.document, jurisdiction, facts, view)
    if not document["possible"]:
        return Decision(decision.rule_set, document)
    names = list(
        dict.fromkeys(
            one["supervising"]["name"] for one in document["possible"] if one["supervising"]
        )
    )
    sentences = document["explanation"]
    explanation = joined((Text(sentences["zh"], sentences["en"]), _possible(names), QUESTION))
    return Decision(decision.rule_set, {**document, "explanation": text_of(explanation)})


def decide_plainly(jurisdiction: Jurisdiction, facts: Facts, view: DirectoryView) -> Json | None:
    """The same as `decide`, without trace, flip and explanation."""
    document = jurisdiction.decide_plainly(facts, view.day)
    if document is None or not _lacks_street(document):
        return document
    return _with_streets(document, jurisdiction, facts, view)


def _lacks_street(document: Json) -> bool:
    return bool(document["reason"] == MISSING_FACTS and document["missing"] == ["domicile"])


def _with_streets(
    document: Json, jurisdiction: Jurisdiction, facts: Facts, view: DirectoryView
) -> Json:
    question = document["question"] or text_of(QUESTION)
    streets = view.streets_within(facts.domicile or facts.registering, MAX_STREETS)
    answers: dict[object, Json] = {}
    for street in streets or ():
        there = jurisdiction.decide_plainly(facts._replace(domicile=street), view.day)
        if there is None:
            continue
        supervising = there["supervising"]
        answer = there["outcome"], there["rule"], supervising and supervising["id"]
        one = answers.setdefault(
            answer,
            {
                "outcome": there["outcome"],
                "rule": there["rule"],
                "supervising": supervising,
                "when": {"domicile": []},
            },
        )
        one["when"]["domicile"].append(street)
    return {**document, "question": question, "possible": list(answers.values())}


def _possible(names: list[str]) -> Text | None:
    if not names:
        return None
    first = listed(names[:MAX_NAMED], "、", ", ")
    if len(names) <= MAX_NAMED:
        return fill(_TEXTS["possible_bodies"], names=first)
    more = len(names) - MAX_NAMED
    return fill(_TEXTS["possible_bodies_and_more"], names=first, total=len(names), more=more)
