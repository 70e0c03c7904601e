"""What every page of the dashboard is made with."""

from collections.abc import Mapping
from dataclasses import dataclass

from metrics_api.core.formatting import Formatter, Language
from metrics_api.dashboard.layout import Layout
from metrics_api.dashboard.place_names import PlaceNames
from metrics_api.dashboard.rendering import Templates
from metrics_api.definitions.labels import Labels
from metrics_api.definitions.load import Definitions
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class PageParts:
    """Definitions and their words, the templates, the names of places, and the clock."""

    definitions: Definitions
    labels: Labels
    layout: Layout
    formatters: Mapping[Language, Formatter]
    templates: Templates
    place_names: PlaceNames
    clock: Clock
