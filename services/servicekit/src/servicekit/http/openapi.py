"""What FastAPI's OpenAPI document lacks: our problems, what is public, worked examples."""

import json
from importlib.resources.abc import Traversable
from typing import Any

from fastapi import FastAPI

from servicekit.errors.declared import responses
from servicekit.errors.problem import ProblemDocument
from servicekit.errors.refusal import Refusal
from servicekit.errors.standard import (
    BadRequest,
    InvalidRequest,
    KeysUnavailable,
    Unavailable,
    UnknownParameter,
)

Document = dict[str, Any]

_ABOUT_EXAMPLES = (
    "\n\nThe examples are recorded from the running services; long lists and texts are cut short. "
    "示例录自实际运行的服务，长列表与长文本有删节。\n"
)


def complete_openapi(app: FastAPI, examples: Traversable | None) -> None:
    """Make `app.openapi()` the whole document; it is made when it is first asked for.

    Args:
        app: with all its routes.
        examples: JSON, for each operationId `parameters` (name → value), `request` (media type →
            body) and `responses` (status → media type → body). A service runs without the file.
    """
    generate = app.openapi

    def openapi() -> Document:
        if app.openapi_schema:
            return app.openapi_schema
        document = generate()
        _add_problem_schemas(document)
        recorded = _read(examples)
        if recorded:
            document["info"]["description"] = (
                document["info"].get("description", "").rstrip() + _ABOUT_EXAMPLES
            )
        for operations in document["paths"].values():
            for operation in operations.values():
                _add_problems(operation)
                _add_examples(operation, recorded.get(operation["operationId"], {}))
        app.openapi_schema = document
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _read(examples: Traversable | None) -> Document:
    if examples is None or not examples.is_file():
        return {}
    return dict(json.loads(examples.read_text("utf-8")))


def _add_problem_schemas(document: Document) -> None:
    """The problem document, in place of FastAPI's own errors, and a header of some problems."""
    document.setdefault("components", {})["headers"] = {
        "RetryAfter": {
            "description": "Seconds to wait before asking again 重试前等待的秒数",
            "schema": {"type": "integer"},
        }
    }
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["ProblemDocument"] = problem
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)


def _add_problems(operation: Document) -> None:
    """What any operation can answer, whatever its route declares."""
    answers = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422")):
        answers["422"] = responses(InvalidRequest)[422]
    always: list[type[Refusal]] = [UnknownParameter, BadRequest]
    if "security" in operation:
        always += [Unavailable, KeysUnavailable]
    else:
        operation["security"] = []  # public on purpose, not by oversight
    for kind in always:
        answer = responses(kind)[kind.status]
        declared = answers.setdefault(str(kind.status), answer)
        if f"`{kind.code}`" not in declared["description"]:
            declared["description"] += f" · {answer['description']}"


def _add_examples(operation: Document, recorded: Document) -> None:
    for parameter in operation.get("parameters", []):
        if parameter["name"] in recorded.get("parameters", {}):
            parameter["example"] = recorded["parameters"][parameter["name"]]
    _fill(operation.get("requestBody", {}).get("content", {}), recorded.get("request", {}))
    for status, answer in operation["responses"].items():
        _fill(answer.get("content", {}), recorded.get("responses", {}).get(status, {}))


def _fill(content: Document, bodies: Document) -> None:
    for media_type, body in bodies.items():
        if media_type in content:
            content[media_type]["example"] = body
