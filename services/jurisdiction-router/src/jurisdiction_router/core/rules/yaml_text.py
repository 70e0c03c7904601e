"""From the text of a rule-set file (YAML; JSON is YAML too) to plain values with line numbers.

The text comes from outside, so this reader is narrower than YAML: no anchors and aliases (a few
lines of them can expand to gigabytes), no tags, bounded depth, no key twice. Mistakes name a line
and, as far as a text that is no file of rules can tell, the rule.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

import yaml

from jurisdiction_router.core.refusals import RuleSetUnreadable
from servicekit.errors import Violation

MAX_DEPTH: Final = 12
MAX_NODES: Final = 100_000

_YAML: Final[Mapping[str, str]] = {
    "did not find expected ',' or ']'": "bracket_open",
    "did not find expected ',' or '}'": "bracket_open",
    "found unexpected end of stream": "quote_open",
    "found character that cannot start any token": "stray_character",
    "mapping values are not allowed in this context": "stray_colon",
    "could not find expected ':'": "no_colon",
    "did not find expected '-' indicator": "indentation",
    "did not find expected key": "indentation",
    "did not find expected node content": "nothing_there",
    "found unknown escape character": "escape",
    "but found another document": "several_documents",
}
"""What libyaml says most often, and the rule of ours that says it in both languages."""

_SECTION: Final = re.compile(r"""\s*["']?(rules|tests)["']?\s*:\s*\[?\s*$""")
_RULE_ID: Final = re.compile(r"""[\s{-]*["']?id["']?\s*:\s*["']?([\w-]+)""")


class RuleSetText(NamedTuple):
    """Plain values (dates as ISO text), and the line on which each JSON pointer starts."""

    value: Any
    lines: dict[str, int]


def read_text(text: str) -> RuleSetText:
    """Parse `text`.

    Errors: `RuleSetUnreadable` naming the line, the rule of the rule set in or after
    whose beginning it lies, and what is wrong there.
    """
    try:
        return _read(text)
    except _Mistake as mistake:
        facts = {"line": mistake.line, "rule_id": _rule_at(text, mistake.line), **mistake.facts}
        violation = Violation(mistake.pointer, f"rule_set_text_{mistake.rule}", None, facts)
        raise RuleSetUnreadable(violation, line=mistake.line) from mistake.__cause__


class _Mistake(Exception):
    """Something on a line that no rule set has; `rule` says what."""

    def __init__(self, line: int, rule: str, pointer: str = "", **facts: Any) -> None:
        super().__init__(rule)
        self.line = line
        self.rule = rule
        self.pointer = pointer
        self.facts = facts


def _read(text: str) -> RuleSetText:
    try:
        _check_events(text)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        line = max(1, min(line, len(text.splitlines())))  # the end of a file is its last line's
        rule = _YAML.get(error.problem or "", "syntax")
        raise _Mistake(line, rule, found=error.problem) from error
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1  # libyaml counts bytes
        raise _Mistake(line, "character", found=f"U+{error.character:04X}") from error
    if root is None:
        raise _Mistake(1, "empty")
    lines: dict[str, int] = {}
    return RuleSetText(_value(root, "", lines), lines)


def _rule_at(text: str, line: int) -> str:
    """The id of the last rule that begins on or before a line; "-" where that is none.

    By the look of the lines: a text with a mistake has no structure to ask.
    """
    section, rule = "", "-"
    for line_text in text.splitlines()[:line]:
        if begun := _SECTION.match(line_text):
            section, rule = begun[1], "-"
        elif section == "rules" and (named := _RULE_ID.match(line_text)):
            rule = named[1]
    return rule


def _check_events(text: str) -> None:
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _Mistake(line, "anchor")
        if getattr(event, "tag", None) not in (None, "!"):
            raise _Mistake(line, "tag")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _Mistake(line, "too_deep", limit=MAX_DEPTH)
        if count > MAX_NODES:
            raise _Mistake(line, "too_many_values", limit=MAX_NODES)


def _value(node: yaml.Node, pointer: str, lines: dict[str, int]) -> Any:
    lines[pointer] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, f"{pointer}/{i}", lines) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise _Mistake(line, "key", pointer, found="[…]")
            key = _scalar(key_node)
            if not isinstance(key, str):
                raise _Mistake(line, "key", pointer, found=key_node.value)
            field = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            if key in result:
                raise _Mistake(line, "key_twice", field, found=key)
            result[key] = _value(value_node, field, lines)
        return result
    assert isinstance(node, yaml.ScalarNode)
    return _scalar(node)


def _scalar(node: yaml.ScalarNode) -> Any:
    """Read a scalar as text, boolean, integer or null; numbers with a fraction stay text."""
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
