"""Changes of the OpenAPI documents that break a caller of the last release.

    python deploy/release/breaking_changes.py openapi/released openapi

Fails where a document breaks the released one and its version does not say so: the major number,
or before 1.0 the minor one, must have risen. Without a released document there is nothing to break.
It does not compare bounds such as `maxLength`, nor descriptions.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import yaml

Document = dict[str, Any]
Direction = Literal["sent", "read"]


def breaking_changes(old: Document, new: Document) -> list[str]:
    """A sentence for each change that a caller of `old` would trip over."""
    found: list[str] = []
    for path, methods in old["paths"].items():
        for method, operation in methods.items():
            now = new["paths"].get(path, {}).get(method)
            where = f"{method.upper()} {path}"
            if now is None:
                found.append(f"{where} is gone")
            else:
                comparison = _Comparison(old, new, where)
                found += comparison.of_operations(operation, now)
    return found


def may_break(old: str, new: str) -> bool:
    """Whether going from version `old` to `new` says that callers have to look."""
    before, after = ([int(part) for part in version.split(".")[:2]] for version in (old, new))
    return after[0] > before[0] or (before[0] == after[0] == 0 and after[1] > before[1])


class _Comparison:
    """Of one operation then and now."""

    def __init__(self, old: Document, new: Document, where: str) -> None:
        self._old, self._new, self._where = old, new, where
        self._seen: set[tuple[str, str, str]] = set()

    def of_operations(self, old: Document, new: Document) -> Iterator[str]:
        where = self._where
        if old["operationId"] != new["operationId"]:
            yield f"{where} is called {new['operationId']}, no more {old['operationId']}"
        yield from self._parameters(old.get("parameters", []), new.get("parameters", []))
        body, now = old.get("requestBody", {}), new.get("requestBody", {})
        if now.get("required") and not body.get("required"):
            yield f"{where} needs a body"
        yield from self._contents(body, now, "sent", "the body")
        for status, answer in old["responses"].items():
            if status.startswith("2"):
                if status not in new["responses"]:
                    yield f"{where} answers no more with {status}"
                else:
                    now = new["responses"][status]
                    yield from self._contents(answer, now, "read", f"the answer {status}")

    def _parameters(self, old: list[Document], new: list[Document]) -> Iterator[str]:
        before = {(each["in"], each["name"]): each for each in old}
        after = {(each["in"], each["name"]): each for each in new}
        for key, parameter in before.items():
            if key not in after:
                yield f"{self._where} takes no parameter {key[1]} any more"
            else:
                at = f"parameter {key[1]}"
                schemas = parameter["schema"], after[key]["schema"]
                yield from self._schemas(*schemas, "sent", at)
        for key, parameter in after.items():
            if parameter.get("required") and not before.get(key, {}).get("required"):
                yield f"{self._where} needs the parameter {key[1]}"

    def _contents(self, old: Document, new: Document, way: Direction, at: str) -> Iterator[str]:
        for media_type, media in old.get("content", {}).items():
            now = new.get("content", {}).get(media_type)
            if now is None:
                yield f"{self._where}: {at} is no more {media_type}"
            else:
                yield from self._schemas(media.get("schema", {}), now.get("schema", {}), way, at)

    def _schemas(self, old: Document, new: Document, way: Direction, at: str) -> Iterator[str]:
        pair = (old.get("$ref", ""), new.get("$ref", ""), way)
        if all(pair[:2]) and pair in self._seen:
            return
        self._seen.add(pair)
        before = [*_options(self._old, old)]
        after = [*_options(self._new, new)]
        yield from self._kinds(before, after, way, at)
        for one in before:
            for other in after:
                if one.get("type") == other.get("type") and one.get("title") == other.get("title"):
                    yield from self._members(one, other, way, at)
                    if "items" in one and "items" in other:
                        yield from self._schemas(one["items"], other["items"], way, f"{at}[]")

    def _kinds(
        self, before: list[Document], after: list[Document], way: Direction, at: str
    ) -> Iterator[str]:
        kinds, now = ({str(it.get("type", "any")) for it in them} for them in (before, after))
        lost = kinds - now if way == "sent" else now - kinds
        if lost and "any" not in (now if way == "sent" else kinds):
            verb = "takes no" if way == "sent" else "may be"
            yield f"{self._where}: {at} {verb} {', '.join(sorted(lost))}"
        values, valid = _values(before), _values(after)
        if way == "sent" and valid is not None and (values is None or values - valid):
            gone = sorted(values - valid) if values else ["every other value"]
            yield f"{self._where}: {at} refuses {', '.join(gone)}"

    def _members(self, old: Document, new: Document, way: Direction, at: str) -> Iterator[str]:
        members, now = old.get("properties", {}), new.get("properties", {})
        required, needed = set(old.get("required", [])), set(new.get("required", []))
        for name in members:
            if name in now:
                yield from self._schemas(members[name], now[name], way, f"{at}/{name}")
            elif way == "read" or new.get("additionalProperties") is False:
                yield f"{self._where}: {at} has no member {name} any more"
        if way == "sent":
            for name in sorted(needed - required):
                yield f"{self._where}: {at} needs the member {name}"
        else:
            for name in sorted((required - needed) & now.keys()):
                yield f"{self._where}: {at} may lack the member {name}"


def _options(document: Document, schema: Document) -> Iterator[Document]:
    """The alternatives of a schema, references followed."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from _options(document, document["components"]["schemas"][name])
        return
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if not alternatives:
        yield schema
        return
    for alternative in alternatives:
        yield from _options(document, alternative)


def _values(options: list[Document]) -> set[str] | None:
    """The values that are allowed; None if they are not listed."""
    listed: set[str] = set()
    for option in options:
        if "const" in option:
            listed.add(str(option["const"]))
        elif "enum" in option:
            listed |= {str(value) for value in option["enum"]}
        elif option.get("type") != "null":
            return None
    return listed


def main(released: Path, current: Path) -> int:
    """Compare each released document with the current one; the process's status."""
    status = 0
    documents = sorted(released.glob("*.yaml"))
    if not documents:
        print("No release yet: no change can break a caller.")
    for path in documents:
        old, new = (yaml.safe_load(p.read_text("utf-8")) for p in (path, current / path.name))
        versions = old["info"]["version"], new["info"]["version"]
        found = breaking_changes(old, new)
        if found and not may_break(*versions):
            status = 1
            print(f"{path.name} {versions[1]} breaks callers of {versions[0]}:", *found, sep="\n  ")
            print("Raise the version (docs/releasing.md), or keep what they rely on.")
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
