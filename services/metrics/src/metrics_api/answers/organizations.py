"""An organization as any list shows it: what it is, where it lies, who supervises it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from metrics_api.answers.links import Links
from metrics_api.core.facts.columns import POSITION, Fact
from metrics_api.counting.question import Surroundings
from servicekit.time import Period


def organization_document(
    organization: UUID,
    span: Period[Fact],
    listed_for: Mapping[str, Any],
    around: Surroundings,
    links: Links,
) -> dict[str, Any]:
    """An organization of any list: what it is, what it is `listed_for`, where it lies."""
    fact = span.value
    return {
        "id": str(organization),
        "name": fact[POSITION["name"]],
        "code": fact[POSITION["code"]],
        **listed_for,
        "since": span.start,
        "kind": fact[POSITION["kind"]],
        "grade": fact[POSITION["grade"]],
        **_location(fact, around),
        "links": links.of(organization),
    }


def fact_documents(fact: Fact, columns: Iterable[str]) -> list[dict[str, Any]]:
    """The facts that decide."""
    return [{"field": column, "value": fact[POSITION[column]]} for column in columns]


def _location(fact: Fact, around: Surroundings) -> dict[str, Any]:
    """Its area, its district and its supervising body, each by code and name."""
    day = around.valid_on
    areas = around.directory.areas.versions
    area, body = _text(fact, "area"), _text(fact, "supervising_body")
    district = around.rollup.hierarchy.path(area).district
    return {
        "area": area and {"code": area, "name": areas.name(area, day)},
        "district": district and {"code": district, "name": areas.name(district, around.areas_on)},
        "body": body
        and {
            "id": body,
            "kind": fact[POSITION["body_kind"]],
            "name": around.directory.bodies.name(body, day),
        },
    }


def _text(fact: Fact, column: str) -> str | None:
    value = fact[POSITION[column]]
    return None if value is None else str(value)
