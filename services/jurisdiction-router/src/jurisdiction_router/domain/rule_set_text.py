"""From the text of a rule-set file (YAML; JSON is YAML too) to plain values with line numbers.

The text comes from outside, so this reader is narrower than YAML: no anchors and aliases (a few
lines of them can expand to gigabytes), no tags, bounded depth, no key twice. Mistakes name a line.
"""

from datetime import date
from typing import Any, Final, NamedTuple

import yaml

from servicekit.refusals import Refusal, Violation

MAX_DEPTH: Final = 12
MAX_NODES: Final = 100_000


class RuleSetText(NamedTuple):
    """Plain values (dates as ISO text), and the line on which each JSON pointer starts."""

    value: Any
    lines: dict[str, int]


def read_text(text: str) -> RuleSetText:
    """Parse `text`. Errors: `Refusal("rule-set-unreadable")` naming the line and the reason."""
    try:
        _check_events(text)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _unreadable(1 if mark is None else mark.line + 1, str(error.problem)) from error
    except yaml.YAMLError as error:
        raise _unreadable(1, str(error)) from error
    if root is None:
        raise _unreadable(1, "the file is empty")
    lines: dict[str, int] = {}
    return RuleSetText(_value(root, "", lines), lines)


def _check_events(text: str) -> None:
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _unreadable(line, "anchors and aliases are not accepted")
        if getattr(event, "tag", None) not in (None, "!"):
            raise _unreadable(line, "tags are not accepted")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _unreadable(line, f"nested deeper than {MAX_DEPTH} levels")
        if count > MAX_NODES:
            raise _unreadable(line, f"more than {MAX_NODES} values")


def _value(node: yaml.Node, pointer: str, lines: dict[str, int]) -> Any:
    lines[pointer] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, f"{pointer}/{i}", lines) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = _scalar(key_node)
            line = key_node.start_mark.line + 1
            if not isinstance(key, str):
                raise _unreadable(line, f"a key must be text, found {key!r}")
            if key in result:
                raise _unreadable(line, f"the key {key!r} is there twice")
            escaped = key.replace("~", "~0").replace("/", "~1")
            result[key] = _value(value_node, f"{pointer}/{escaped}", lines)
        return result
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    """Read a scalar as text, boolean, integer or null; numbers with a fraction stay text."""
    if not isinstance(node, yaml.ScalarNode):
        raise _unreadable(node.start_mark.line + 1, "a key must be text")
    text: str = node.value
    match node.tag.rpartition(":")[2]:
        case "null":
            return None
        case "bool":
            return text.lower() in {"true", "yes", "on"}
        case "int" if text.isascii() and text.lstrip("+-").isdigit() and len(text) <= 18:
            return int(text)
        case "timestamp":
            return _date_text(text)
        case _:
            return text


def _date_text(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return text


def _unreadable(line: int, reason: str) -> Refusal:
    return Refusal(
        "rule-set-unreadable",
        Violation("", "rule_set_unreadable", None, {"line": line, "reason": reason}),
        line=line,
        reason=reason,
    )
