"""Templates and assets: answers in, HTML out; nothing is fetched from anywhere else."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from metrics_api.charts.compose import TONE_SIGNS
from metrics_api.core.formatting import Formatter, Language
from metrics_api.dashboard.page_query import (
    CHARTS,
    COMPARISON,
    FORECAST,
    ORGANIZATIONS,
    OVERVIEW,
)
from servicekit.time import FIRST_DAY, LAST_DAY

ASSETS = "/dashboard/assets"
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load; its address has its digest, so browsers may keep it for ever."""

    content: bytes
    media_type: str
    address: str


def load_assets() -> dict[str, Asset]:
    """The assets of the package, by name."""
    return {
        entry.name: _asset(entry.name, entry.read_bytes())
        for entry in (files(__package__) / "assets").iterdir()
        if entry.name.rpartition(".")[2] in _TYPES
    }


class Templates:
    """Renders templates; whatever is not markup already is escaped."""

    def __init__(
        self, assets: Mapping[str, Asset], formatters: Mapping[Language, Formatter]
    ) -> None:
        self._formatters = formatters
        self._environment = Environment(
            loader=FunctionLoader(_source),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            asset={name: asset.address for name, asset in assets.items()},
            signs=TONE_SIGNS,
            overview_path=OVERVIEW,
            organizations_path=ORGANIZATIONS,
            charts_path=CHARTS,
            comparison_path=COMPARISON,
            forecast_path=FORECAST,
            first_day=FIRST_DAY.isoformat(),
            last_day=LAST_DAY.isoformat(),
            markup=Markup,  # only for drawings of our own, which escape what they are told
        )

    def render(self, template: str, language: Language, **facts: Any) -> str:
        """A page in one language; `facts` are its template's variables."""
        formatter = self._formatters[language]
        return self._environment.get_template(f"{template}.html").render(t=formatter, **facts)


def _asset(name: str, content: bytes) -> Asset:
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Asset(content, _TYPES[name.rpartition(".")[2]], f"{ASSETS}/{digest}/{name}")


def _source(name: str) -> str:
    return (files(__package__) / "templates" / name).read_text("utf-8")
