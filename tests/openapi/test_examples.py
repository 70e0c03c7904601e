"""Every operation has a worked example, true to its own schema and without any person in it."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from tests.openapi.documents import Operation, document, operations

WITHOUT_EXAMPLE = {
    ("import_directory", "202"): "needs more than 500 organizations; its body is that of the 201",
    ("activate_directory_import", "202"): "likewise",
    ("apply_restructuring", "202"): "likewise",
    ("put_area", "202"): "likewise",
    ("put_body", "202"): "likewise",
}
"""What the story does not tell, and why. Shorter is better."""

_READABLE = ("application/json", "text/", "image/svg+xml", "application/x-ndjson")
_CITIZEN = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])")

each_operation = pytest.mark.parametrize("operation", list(operations()), ids=str)


def _answers(operation: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of the 2xx answers that have a body a reader can read: status and content."""
    for status, answer in operation.spec["responses"].items():
        content = {
            media_type: media
            for media_type, media in answer.get("content", {}).items()
            if media_type.startswith(_READABLE)
        }
        if status.startswith("2") and content:
            yield status, content


def _examples(operation: Operation) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Where it is, the schema it has to fit, the example."""
    for parameter in operation.spec.get("parameters", []):
        if "example" in parameter:
            yield parameter["name"], parameter["schema"], parameter["example"]
    body = operation.spec.get("requestBody", {}).get("content", {})
    contents = {"request": body} | {
        status: answer.get("content", {}) for status, answer in operation.spec["responses"].items()
    }
    for where, content in contents.items():
        for media_type, media in content.items():
            if "example" in media:
                yield f"{where} {media_type}", media.get("schema", {}), media["example"]


@each_operation
def test_every_request_and_every_answer_has_an_example(operation: Operation) -> None:
    body = operation.spec.get("requestBody", {}).get("content", {})
    assert not body or any("example" in media for media in body.values()), "request"
    for status, content in _answers(operation):
        if (operation.id, status) not in WITHOUT_EXAMPLE:
            assert any("example" in media for media in content.values()), status
    for parameter in operation.spec.get("parameters", []):
        if parameter.get("required"):
            assert "example" in parameter, parameter["name"]


@each_operation
def test_an_example_fits_its_schema(operation: Operation) -> None:
    whole = document(operation.service)
    for where, schema, example in _examples(operation):
        validator = jsonschema_rs.Draft202012Validator(
            {"components": whole["components"], **schema}, validate_formats=True
        )
        found = [
            f"{error.instance_path}: {error.message}" for error in validator.iter_errors(example)
        ]
        assert not found, (where, found[:3], "make openapi-examples records them anew")


@each_operation
def test_an_example_names_no_person(operation: Operation) -> None:
    for where, _, example in _examples(operation):
        text = str(example)
        assert not _CITIZEN.search(text), where
        assert not _MOBILE.search(text), where
        if operation.id in {"list_candidates", "open_leadership_election", "withdraw_candidate"}:
            assert {candidate.get("name") for candidate in _candidates(example)} <= {None}, where


def _candidates(example: Any) -> list[dict[str, Any]]:
    """Those whose names a register may hold: candidates of an election."""
    if isinstance(example, dict):
        own = [example] if "post" in example else []
        return own + [found for inner in example.values() for found in _candidates(inner)]
    if isinstance(example, list):
        return [found for inner in example for found in _candidates(inner)]
    return []


def test_nothing_is_excused_that_has_an_example() -> None:
    spare = set(WITHOUT_EXAMPLE)
    for operation in operations():
        for status, content in _answers(operation):
            if not any("example" in media for media in content.values()):
                spare.discard((operation.id, status))
    assert not spare
