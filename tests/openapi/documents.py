"""The committed documents and their operations."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[2] / "openapi"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NAMES = ("registry-api", "jurisdiction-router", "metrics")


@dataclass(frozen=True)
class Operation:
    """One operation of one service."""

    service: str
    method: str
    path: str
    spec: dict[str, Any]

    @property
    def id(self) -> str:
        """Its operationId."""
        return str(self.spec["operationId"])

    @property
    def parameters(self) -> set[str]:
        """Names of what it takes beside the body."""
        return {parameter["name"] for parameter in self.spec.get("parameters", [])}

    def __str__(self) -> str:
        return f"{self.service}:{self.id}"


@cache
def document(service: str) -> dict[str, Any]:
    """A service's committed document."""
    text = (FOLDER / f"{service}.yaml").read_text("utf-8")
    return dict(yaml.load(text, Loader=_LOADER))  # noqa: S506  it is a safe one


def operations() -> Iterator[Operation]:
    """Every operation of every service."""
    for service in NAMES:
        for path, methods in document(service)["paths"].items():
            for method, spec in methods.items():
                yield Operation(service, method, path, spec)
