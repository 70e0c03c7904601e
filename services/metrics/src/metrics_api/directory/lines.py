"""Lines of supervision from `labels/lines.yaml`."""

from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec
import yaml

from metrics_api.core.areas.bodies_beneath import Lines, lines_of
from metrics_api.core.definitions.predicate_documents import DefinitionError
from metrics_api.core.facts.columns import COLUMN_BY_NAME

PATH = "labels/lines.yaml"


def load_lines(root: Traversable | None = None) -> Lines:
    """The kinds beneath each kind. Raises `DefinitionError` for a kind that no body has."""
    text = ((root or files("metrics_api.definitions")) / "labels" / "lines.yaml").read_text("utf-8")
    try:
        direct = msgspec.convert(yaml.safe_load(text), dict[str, list[str]])
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise DefinitionError(PATH, str(error)) from error
    for kind in (*direct, *(below for kinds in direct.values() for below in kinds)):
        if kind not in COLUMN_BY_NAME["body_kind"].codes:
            raise DefinitionError(PATH, f"unknown kind of body {kind!r}")
    return lines_of(direct)
