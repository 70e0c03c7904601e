"""Conventions that a linter's rules cannot say, because they compare operations with each other."""

from typing import Any

from tests.openapi.documents import NAMES, operations


def test_an_operation_id_is_given_once_in_each_service() -> None:
    for service in NAMES:
        ids = [operation.id for operation in operations() if operation.service == service]
        assert len(ids) == len(set(ids))


def test_a_parameter_of_one_name_is_of_one_kind_everywhere() -> None:
    """Paging, time and preconditions are asked for in the same way in all services."""
    shared = ("limit", "cursor", "count", "valid_on", "known_at", "if-match", "idempotency-key")
    for name in shared:
        kinds = {
            repr(_kind(parameter))
            for operation in operations()
            for parameter in operation.spec.get("parameters", [])
            if parameter["name"] == name and operation.id != "list_changes"
        }
        assert len(kinds) == 1, (name, kinds)


def test_a_page_has_items_and_a_next_cursor() -> None:
    for operation in operations():
        if "cursor" in operation.parameters:
            media = operation.spec["responses"]["200"]["content"]["application/json"]
            example = media.get("example", {"items": [], "next_cursor": None})
            assert {"items", "next_cursor"} <= example.keys(), operation
            assert "limit" in operation.parameters, operation


def _kind(parameter: dict[str, Any]) -> tuple[Any, ...]:
    schema = parameter["schema"]
    options = schema.get("anyOf", [schema])
    kinds = [
        (option.get("type"), option.get("format")) for option in options if option["type"] != "null"
    ]
    return parameter["in"], sorted(map(str, kinds))
