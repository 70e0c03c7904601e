"""What the runner loads on its first start."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import demo_city
from demo_city import csv_form


@dataclass(frozen=True)
class Demo:
    """A city to load: its directory of areas and bodies, and its organizations as of a date."""

    directory: Mapping[str, Any]
    organizations: Callable[[], Iterable[Mapping[str, Any]]]
    as_of: date

    def write_csv(self, path: Path) -> int:
        """Write the file for the registry's import, always the same; returns the number of rows."""
        with path.open("w", encoding="utf-8", newline="") as file:
            return csv_form.write((dict(each) for each in self.organizations()), file)


def whole_city() -> Demo:
    """The demo city of 10,100 organizations."""
    return Demo(demo_city.directory(), demo_city.organizations, date(2015, 12, 31))


def part_of_city(count: int) -> Demo:
    """The first ``count`` organizations of the demo city, for tests."""
    return Demo(
        demo_city.directory(),
        lambda: islice(demo_city.organizations(), count),
        date(2015, 12, 31),
    )
