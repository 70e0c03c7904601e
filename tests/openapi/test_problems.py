"""Every operation says which problems it can answer with, as far as its shape tells."""

import re
from collections.abc import Iterator
from importlib import import_module

import pytest

from servicekit.errors import kinds_of_refusals
from tests.openapi.documents import Operation, operations

PACKAGES = {
    "registry-api": "registry_api",
    "jurisdiction-router": "jurisdiction_router",
    "metrics": "metrics_api",
}

each_operation = pytest.mark.parametrize("operation", list(operations()), ids=str)


def _declared(operation: Operation) -> set[tuple[str, str]]:
    """Status and slug of each problem in the descriptions of the answers."""
    return {
        (status, slug)
        for status, answer in operation.spec["responses"].items()
        if "application/problem+json" in answer.get("content", {})
        for slug in re.findall(r"`([a-z0-9-]+)`", answer["description"])
    }


def _implied(operation: Operation) -> Iterator[tuple[str, str]]:
    """What any operation of this shape can answer."""
    yield "400", "unknown-parameter"
    if operation.spec["security"]:
        yield "401", "invalid-token"
        yield "403", "insufficient-scope"
        yield "503", "unavailable"
        yield "503", "keys-unavailable"
    if any(parameter["in"] == "query" for parameter in operation.spec.get("parameters", [])):
        yield "422", "invalid-request"
    if "cursor" in operation.parameters:
        yield "400", "invalid-cursor"
    if "if-match" in operation.parameters:
        yield "412", "precondition-failed"
        yield "428", "precondition-required"
    if "idempotency-key" in operation.parameters:
        yield "422", "idempotency-conflict"
    if "application/json" in operation.spec.get("requestBody", {}).get("content", {}):
        yield "413", "payload-too-large"
        yield "422", "invalid-request"


@each_operation
def test_what_follows_from_its_shape_is_declared(operation: Operation) -> None:
    assert not set(_implied(operation)) - _declared(operation)


@each_operation
def test_a_declared_problem_is_a_refusal_of_its_service(operation: Operation) -> None:
    assert _declared(operation) <= _known(PACKAGES[operation.service])


def _known(package: str) -> set[tuple[str, str]]:
    import_module(f"{package}.main")
    return {
        (str(kind.status), kind.code)
        for kind in kinds_of_refusals()
        if kind.__module__.startswith((f"{package}.", "servicekit."))
    }
