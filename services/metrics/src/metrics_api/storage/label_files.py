"""What people read instead of dimensions and their codes, from `labels/dimensions.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec
import yaml

from metrics_api.domain.dimensions import DIMENSIONS, UNASSIGNED_KEY
from metrics_api.domain.indicators import Wording
from metrics_api.domain.predicate_documents import DefinitionError

PATH = "labels/dimensions.yaml"
UNASSIGNED = Wording("未确定", "Unassigned")


class _Wording(msgspec.Struct, forbid_unknown_fields=True):
    zh: str
    en: str


class _Dimension(msgspec.Struct, forbid_unknown_fields=True):
    title: _Wording
    codes: dict[str, _Wording] = {}
    unassigned: _Wording | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """Titles of the dimensions, words for the codes of closed lists, and for having no code."""

    titles: Mapping[str, Wording]
    codes: Mapping[str, Mapping[str, Wording]]
    unassigned: Mapping[str, Wording]

    def code(self, dimension: str, code: str) -> Wording:
        """The words for a code; one of an open set (an area, a body, a rule) is its own."""
        if code == UNASSIGNED_KEY:
            return self.unassigned[dimension]
        return self.codes[dimension].get(code) or Wording(code, code)


def load_labels(root: Traversable | None = None) -> Labels:
    """Read the labels below `root` (the package's own by default).

    Raises `DefinitionError` naming the first dimension or code without words, or words without one.
    """
    text = ((root or files("metrics_api")) / "labels" / "dimensions.yaml").read_text("utf-8")
    try:
        found = msgspec.convert(yaml.safe_load(text), dict[str, _Dimension])
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise DefinitionError(PATH, str(error)) from error
    _same_names("dimension", set(found), set(DIMENSIONS))
    for name, dimension in DIMENSIONS.items():
        _same_names(f"{name}: code", set(found[name].codes), set(dimension.codes))
    return Labels(
        {name: Wording(it.title.zh, it.title.en) for name, it in found.items()},
        {
            name: {code: Wording(words.zh, words.en) for code, words in it.codes.items()}
            for name, it in found.items()
        },
        {
            name: Wording(it.unassigned.zh, it.unassigned.en) if it.unassigned else UNASSIGNED
            for name, it in found.items()
        },
    )


def _same_names(what: str, labelled: set[str], counted: set[str]) -> None:
    for name in sorted(counted - labelled):
        raise DefinitionError(PATH, f"{what} {name!r} has no label")
    for name in sorted(labelled - counted):
        raise DefinitionError(PATH, f"{what} {name!r} is not counted")
