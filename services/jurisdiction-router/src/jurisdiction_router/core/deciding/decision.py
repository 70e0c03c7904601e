"""The decision: an answer as a document with the whole reason, fit to be stored and read back.

It holds no date and no organization: two organizations with equal facts in the same surroundings
share one document, identified by the digest of its canonical JSON. No floats, ASCII keys.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from jurisdiction_router.core.deciding.decision_document import answer_of, facts_document, text_of
from jurisdiction_router.core.deciding.explanation import Explainer
from jurisdiction_router.core.deciding.verdict import NO_RULE_SET, Verdict
from jurisdiction_router.core.directory.areas_and_bodies import AREA_LEVELS
from jurisdiction_router.core.rules.facts import Facts
from jurisdiction_router.core.rules.vocabulary import Vocabulary

_STATE: Final = ("outcome", "supervising", "assisting", "rule_set", "rule", "basis", "flags")
"""Members of a document that are the assignment's state, too (docs/contracts.md)."""


@dataclass(slots=True, eq=False)
class Decision:
    """A document, and the rule set it is by. Nobody changes a document: parts are shared."""

    rule_set: str | None
    document: dict[str, Any]
    _digest: str | None = field(default=None, init=False, repr=False)

    @property
    def digest(self) -> str:
        """What identifies the document; taken when it is first asked for."""
        if self._digest is None:
            self._digest = digest_of(self.document)
        return self._digest

    @property
    def outcome(self) -> str:
        """The outcome."""
        return str(self.document["outcome"])

    @property
    def body_id(self) -> str | None:
        """The supervising body, if there is one."""
        supervising = self.document["supervising"]
        return supervising["id"] if supervising else None

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


def outside_every_scope(facts: Facts, vocabulary: Vocabulary) -> Decision:
    """Return the decision for an organization no rule set's territory ever contains."""
    document = plainly_outside(facts)
    document["trace"] = {"place": None, "rules": [], "candidates": []}
    document["nearest_flip"] = None
    document["explanation"] = text_of(Explainer(vocabulary).answer(_OUTSIDE))
    return Decision(None, document)


def plainly_outside(facts: Facts) -> dict[str, Any]:
    """Return the document of `outside_every_scope` without trace, flip and explanation."""
    return {**answer_of(_OUTSIDE, None), "facts": facts_document(facts)}


_OUTSIDE: Final = Verdict("out_of_scope", NO_RULE_SET)


def digest_of(document: dict[str, Any]) -> str:
    """Return the SHA-256 of a document's canonical JSON (RFC 8785), in hexadecimal.

    For documents made here: they hold no floats, which is all that sorted keys get wrong.
    """
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()
