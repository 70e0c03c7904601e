"""What the overview shows, from `layout.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import msgspec
import yaml

from metrics_api.core.definitions.dimensions import DIMENSIONS
from metrics_api.core.definitions.predicate_documents import DefinitionError
from metrics_api.definitions.load import Definitions

PATH = "dashboard/layout.yaml"


@dataclass(frozen=True, slots=True)
class Layout:
    """Ids of indicators and dimensions in the order in which they are shown.

    `inside` names the dimension that opens in place of another once that one is filtered.
    """

    headlines: tuple[str, ...]
    breakdowns: tuple[str, ...]
    inside: Mapping[str, str]
    filters: tuple[str, ...]


def load_layout(definitions: Definitions) -> Layout:
    """The layout. Raises `DefinitionError` for an indicator or dimension that does not exist."""
    try:
        document = yaml.safe_load((files(__package__) / "layout.yaml").read_text("utf-8"))
        layout = msgspec.convert(document, Layout)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise DefinitionError(PATH, str(error)) from error
    for indicator in layout.headlines:
        if indicator not in definitions.indicators:
            raise DefinitionError(PATH, f"unknown indicator {indicator!r}")
    dimensions = [*layout.breakdowns, *layout.filters, *layout.inside, *layout.inside.values()]
    for dimension in dimensions:
        if dimension not in DIMENSIONS:
            raise DefinitionError(PATH, f"unknown dimension {dimension!r}")
    return layout
