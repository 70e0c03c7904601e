"""Print THIRD-PARTY-NOTICES.md: what is in the images beside our own code, and its licences.

Versions come from uv.lock, licences from the metadata of the installed packages; the licence texts
themselves lie in each image, in the `*.dist-info` folders below /app.
"""

import tomllib
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("registry-api", "jurisdiction-router", "metrics-api")
OWN = {*SERVICES, "servicekit"}
HEAD = """\
# Third-party notices

What the container images hold beside this project's own code and their base image (Debian and
CPython, see `/usr/share/doc/*/copyright` and `/usr/local/lib/python3.13/LICENSE.txt` there). Each
package's licence text lies in the image in its `*.dist-info` folder below `/app/lib`.

Generated from `uv.lock` by `make notices`; do not edit.

| package | version | licence | in |
|---|---|---|---|"""


def locked() -> dict[str, dict[str, Any]]:
    """The packages of the lock file by name."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    return {package["name"]: package for package in lock["package"]}


def closure(service: str, packages: dict[str, dict[str, Any]]) -> set[str]:
    """The names of all that `service` needs, with the extras that are asked for."""
    found: set[tuple[str, str]] = set()
    waiting = [(service, "")]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        package = packages[name]
        needed = (
            package.get("optional-dependencies", {})
            if extra
            else {"": package.get("dependencies", [])}
        )
        for each in needed.get(extra, []):
            waiting += [(each["name"], "")] + [(each["name"], e) for e in each.get("extra", [])]
    return {name for name, _ in found}


def licence(about: PackageMetadata) -> str:
    """The licence as the package's metadata tells it, shortest form first."""
    classified = [
        classifier.rpartition(" :: ")[2]
        for classifier in about.get_all("Classifier") or []
        if classifier.startswith("License ::")
    ]
    told = [*(about.get_all("License-Expression") or []), ", ".join(classified)]
    told += about.get_all("License") or []
    stated = next(filter(None, told), "?")
    return stated.strip().splitlines()[0]


def main() -> None:
    """Print the table."""
    packages = locked()
    users: dict[str, list[str]] = {}
    for service in SERVICES:
        for name in closure(service, packages) - OWN:
            users.setdefault(name, []).append(service.removesuffix("-api"))
    print(HEAD)
    for name, services in sorted(users.items()):
        try:
            about = metadata(name)
        except PackageNotFoundError:  # needed on other systems only, so in no image
            continue
        where = "all" if len(services) == len(SERVICES) else ", ".join(services)
        print(f"| {name} | {packages[name]['version']} | {licence(about)} | {where} |")


if __name__ == "__main__":
    main()
