"""The words for codes, in Chinese and English; read once from `policy/vocabulary.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jurisdiction_router.core.rules.yaml_text import read_text
from servicekit.errors import Text


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Labels; a code without one is shown as itself, so that a new code never stops an answer."""

    attributes: Mapping[str, Text]
    values: Mapping[tuple[str, str], Text]
    bodies: Mapping[str, Text]
    bases: Mapping[str, Text]
    flags: Mapping[str, Text]

    def attribute(self, name: str) -> Text:
        """Return the label of an attribute or place."""
        return self.attributes.get(name) or Text(name, name)

    def value(self, attribute: str, value: str | None) -> Text:
        """Return the label of an attribute's value; None is unknown."""
        if value is None:
            return Text("未知", "unknown")
        return self.values.get((attribute, value)) or Text(value, value)

    def body(self, kind: str) -> Text:
        """Return the label of a kind of body."""
        return self.bodies.get(kind) or Text(kind, kind)

    def basis(self, basis: str) -> Text:
        """Return the label of a rule's basis, which may join two (`S/I`)."""
        labels = [self.bases.get(part) or Text(part, part) for part in basis.split("/")]
        return Text("、".join(t.zh for t in labels), " and ".join(t.en for t in labels))

    def flag(self, flag: str) -> Text:
        """Return the label of a flag."""
        return self.flags.get(flag) or Text(flag, flag)


def read_vocabulary(text: str) -> Vocabulary:
    """Read the vocabulary file. Errors: `KeyError` or `Refusal` for a file of another shape."""
    value: dict[str, Any] = read_text(text).value
    attributes: dict[str, Any] = value["attributes"]
    return Vocabulary(
        attributes={name: Text(**entry["title"]) for name, entry in attributes.items()},
        values={
            (name, code): Text(**label)
            for name, entry in attributes.items()
            for code, label in entry["values"].items()
        },
        bodies={code: Text(**label) for code, label in value["bodies"].items()},
        bases={code: Text(**label) for code, label in value["bases"].items()},
        flags={code: Text(**label) for code, label in value["flags"].items()},
    )
