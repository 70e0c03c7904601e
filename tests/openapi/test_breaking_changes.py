"""What breaks a caller of the last release is found, and what does not is let pass."""

import copy
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.openapi.documents import NAMES, document

_TOOL = runpy.run_path(
    str(Path(__file__).resolve().parents[2] / "deploy/release/breaking_changes.py")
)
breaking_changes, may_break, main = _TOOL["breaking_changes"], _TOOL["may_break"], _TOOL["main"]
_ROUTER = document("jurisdiction-router")
_OPERATIONS = [(p, m) for p, methods in _ROUTER["paths"].items() for m in methods]


def _schema(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members, "required": sorted(members)}


def _api(sent: dict[str, Any], read: dict[str, Any], **more: Any) -> dict[str, Any]:
    operation = {
        "operationId": "change",
        "parameters": [{"in": "query", "name": "kind", "schema": {"enum": ["a", "b"]}}],
        "requestBody": {"content": {"application/json": {"schema": sent}}},
        "responses": {"200": {"content": {"application/json": {"schema": read}}}},
        **more,
    }
    return {"paths": {"/v1/things": {"post": operation}}, "components": {"schemas": {}}}


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
OLD = _api(_schema(a=TEXT), _schema(a=TEXT, b=NUMBER))


@pytest.mark.parametrize("service", NAMES)
def test_a_document_does_not_break_itself(service: str) -> None:
    assert breaking_changes(document(service), document(service)) == []


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(_OPERATIONS))
def test_an_operation_that_goes_is_found_and_one_that_comes_is_not(at: tuple[str, str]) -> None:
    path, method = at
    less = {**_ROUTER, "paths": copy.copy(_ROUTER["paths"])}
    less["paths"][path] = {k: v for k, v in less["paths"][path].items() if k != method}
    assert breaking_changes(_ROUTER, less) == [f"{method.upper()} {path} is gone"]
    assert breaking_changes(less, _ROUTER) == []


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (_api(_schema(a=TEXT, c=TEXT), _schema(a=TEXT, b=NUMBER)), "needs the member c"),
        (_api(_schema(a=NUMBER), _schema(a=TEXT, b=NUMBER)), "takes no string"),
        (_api(_schema(a=TEXT), _schema(a=TEXT)), "has no member b"),
        (_api(_schema(a=TEXT), _schema(a=TEXT, b={"anyOf": [NUMBER, {"type": "null"}]})), "null"),
        (_api(_schema(a=TEXT), _schema(a=TEXT, b=TEXT)), "may be string"),
        (_api(_schema(a=TEXT), _schema(a=TEXT, b=NUMBER), parameters=[]), "no parameter kind"),
        (
            _api(_schema(a=TEXT), _schema(a=TEXT, b=NUMBER), parameters=[
                {"in": "query", "name": "kind", "schema": {"enum": ["a"]}}]),
            "refuses b",
        ),
        (_api(_schema(a=TEXT), _schema(a=TEXT, b=NUMBER), operationId="other"), "is called other"),
    ],
)  # fmt: skip
def test_what_a_caller_would_trip_over_is_said(new: dict[str, Any], said: str) -> None:
    (found,) = breaking_changes(OLD, new)
    assert said in found


def test_what_only_adds_is_let_pass() -> None:
    more = _schema(a=TEXT, c=TEXT) | {"required": ["a"]}
    assert breaking_changes(OLD, _api(more, _schema(a=TEXT, b=NUMBER, c=TEXT))) == []


def test_a_version_may_break_by_its_major_number_and_before_1_0_by_its_minor_one() -> None:
    assert [may_break("1.2.0", v) for v in ("1.2.1", "1.3.0", "2.0.0")] == [False, False, True]
    assert [may_break("0.1.0", v) for v in ("0.1.1", "0.2.0", "1.0.0")] == [False, True, True]


def test_a_break_that_the_version_does_not_say_fails(tmp_path: Path) -> None:
    assert main(tmp_path / "none", tmp_path) == 0
    for folder, version, api in (("released", "1.0.0", OLD), ("now", "1.1.0", {"paths": {}})):
        (tmp_path / folder).mkdir()
        text = yaml.safe_dump({**api, "info": {"version": version}})
        (tmp_path / folder / "a.yaml").write_text(text)
    assert main(tmp_path / "released", tmp_path / "now") == 1
