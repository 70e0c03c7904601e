"""The names of areas and bodies in the keys of groups."""

from datetime import date

import polars as pl

from metrics_api.core.areas.directory import Directory
from metrics_api.core.definitions.dimensions import DIMENSIONS


def group_labels(
    groups: pl.DataFrame,
    group_by: tuple[str, ...],
    directory: Directory,
    day: date,
    areas_on: date,
) -> dict[str, pl.Series]:
    """The Chinese names of bodies on `day` and areas on `areas_on`, per dimension that has some.

    What is not there on that day has the name of the nearest day before on which it was.
    """
    labels: dict[str, pl.Series] = {}
    for name in group_by:
        if not (DIMENSIONS[name].area_level or name == "body"):
            continue
        keys = groups[name].to_list()
        if name == "body":
            names = {key: directory.bodies.name(key, day) for key in set(keys)}
        else:
            names = {key: directory.areas.versions.name(key, areas_on) for key in set(keys)}
        labels[name] = pl.Series(name, [names[key] for key in keys], dtype=pl.String)
    return labels
