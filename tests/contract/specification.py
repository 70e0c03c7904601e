"""The committed specifications, and whether what a consumer reads of one is in it."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

OPENAPI = Path(__file__).resolve().parents[2] / "openapi"

_EXACT = {
    "string": msgspec.inspect.StrType,
    "integer": msgspec.inspect.IntType,
    "boolean": msgspec.inspect.BoolType,
    "null": msgspec.inspect.NoneType,
}
_BY_FORMAT: dict[type, str] = {
    msgspec.inspect.DateType: "date",
    msgspec.inspect.DateTimeType: "date-time",
    msgspec.inspect.UUIDType: "uuid",
}


class Specification:
    """One service's OpenAPI document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    @classmethod
    def of(cls, service: str) -> "Specification":
        """The committed document of `service`."""
        return cls(_loaded(service))

    def schema(self, name: str) -> dict[str, Any]:
        """The component `name`."""
        found: dict[str, Any] = self.document["components"]["schemas"][name]
        return found

    def alternatives(self, schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """What a value may be: references followed, alternatives listed one by one."""
        if "$ref" in schema:
            return self.alternatives(self.schema(schema["$ref"].rpartition("/")[2]))
        if "anyOf" in schema:
            return [one for each in schema["anyOf"] for one in self.alternatives(each)]
        return [schema]

    def differences(self, model: Any, schema: Mapping[str, Any], at: str = "") -> Iterator[str]:
        """Where a value that fits `schema` would not fit the msgspec type `model`.

        Every alternative that the specification allows must be one that the model takes, and every
        field that the model has must be in the specification: required, if the model needs it.
        """
        read = msgspec.inspect.type_info(model) if not _inspected(model) else model
        taken = read.types if isinstance(read, msgspec.inspect.UnionType) else (read,)
        for alternative in self.alternatives(schema):
            yield from self._differences_of_one(taken, alternative, at or "/")

    def _differences_of_one(
        self, taken: tuple[Any, ...], schema: Mapping[str, Any], at: str
    ) -> Iterator[str]:
        told = schema.get("type")
        for one in taken:
            if isinstance(one, msgspec.inspect.AnyType):
                return
            if told == "object" and isinstance(one, msgspec.inspect.DictType):
                return
            if told == "object" and isinstance(one, msgspec.inspect.StructType):
                yield from self._differences_of_fields(one, schema, at)
                return
            if told == "array" and isinstance(one, msgspec.inspect.ListType):
                yield from self.differences(one.item_type, schema["items"], f"{at}/0")
                return
            if told in _EXACT and isinstance(one, _EXACT[told]):
                return
            if told == "string" and _BY_FORMAT.get(type(one)) == schema.get("format", ""):
                return
        names = " | ".join(type(one).__name__ for one in taken)
        yield f"{at}: is {told} {schema.get('format', '')} in the specification, read as {names}"

    def _differences_of_fields(
        self, struct: Any, schema: Mapping[str, Any], at: str
    ) -> Iterator[str]:
        at = at.rstrip("/")
        for field in struct.fields:
            told = schema.get("properties", {}).get(field.encode_name)
            if told is None:
                yield f"{at}/{field.encode_name}: is not in the specification"
                continue
            if field.required and field.encode_name not in schema.get("required", ()):
                yield f"{at}/{field.encode_name}: is needed and may be left out"
            yield from self.differences(field.type, told, f"{at}/{field.encode_name}")


@cache
def _loaded(service: str) -> dict[str, Any]:
    text = (OPENAPI / f"{service}.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return loaded


def _inspected(model: Any) -> bool:
    return isinstance(model, msgspec.inspect.Type)


class Example(dict[str, Any]):
    """An object as a specification tells it, which notes what is read of it.

    `read` gathers each path that was read, with the value there: None where the specification has
    no such field. Of alternatives the first that is not null is taken, of codes the first.
    """

    def __init__(
        self,
        specification: Specification,
        schema: Mapping[str, Any],
        read: list[tuple[str, Any]],
        at: str = "",
    ) -> None:
        super().__init__()
        self._read, self._at = read, at
        for name, told in schema.get("properties", {}).items():
            self[name] = _example(specification, told, read, f"{at}/{name}")

    def __getitem__(self, name: str) -> Any:
        self._note(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """As a dict's, noted."""
        self._note(name)
        return super().get(name, default)

    def _note(self, name: str) -> None:
        self._read.append((f"{self._at}/{name}", super().get(name)))


def _example(
    specification: Specification, schema: Mapping[str, Any], read: list[tuple[str, Any]], at: str
) -> Any:
    alternatives = specification.alternatives(schema)
    told = next((one for one in alternatives if one.get("type") != "null"), alternatives[0])
    match told.get("type"):
        case "object":
            return Example(specification, told, read, at)
        case "array":
            return [_example(specification, told["items"], read, f"{at}/0")]
        case "string":
            return _text(told)
    return {"integer": 1, "number": 1.5, "boolean": True}.get(told.get("type", ""))


def _text(told: Mapping[str, Any]) -> str:
    if "enum" in told:
        return str(told["enum"][0])
    if "examples" in told:
        return str(told["examples"][0])
    by_format = {"date": "2016-07-01", "date-time": "2016-07-01T08:00:00Z"}
    return by_format.get(told.get("format", ""), "1")
