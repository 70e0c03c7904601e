"""Reading typed fields out of plain values, collecting every mistake instead of stopping at one.

An author who uploads a rule set wants the whole list of what is wrong with it, each with the rule,
the field and the line; hence a reader that notes a violation, returns a stand-in and goes on.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from servicekit.errors import Text, Violation

NOWHERE = Text("", "")


class Fields:
    """One mapping of the file, at a JSON pointer, inside the rule named `rule` (if any)."""

    def __init__(
        self,
        value: Any,
        pointer: str,
        violations: list[Violation],
        lines: Mapping[str, int],
        rule: str | None = None,
    ) -> None:
        self.pointer = pointer
        self.violations = violations
        self.lines = lines
        self.rule = rule
        self.values: Mapping[str, Any] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            self.note("", "rule_set_mapping_expected", value)

    def note(self, name: str, broken: str, value: Any = None, **facts: Any) -> None:
        """Note that the field `name` (or a pointer below it) breaks the rule `broken`."""
        pointer = f"{self.pointer}/{name}" if name else self.pointer
        facts |= {"line": self._line(pointer) or 1, "rule_id": self.rule or "-"}
        self.violations.append(Violation(pointer, broken, value, facts))

    def _line(self, pointer: str) -> int | None:
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer)

    def allow(self, *names: str) -> None:
        """Note every field that is not one of `names`."""
        for name in self.values:
            if name not in names:
                self.note(name, "rule_set_unknown_field", name, allowed=", ".join(names))

    def below(self, name: str, value: Any) -> "Fields":
        """Return a reader of the mapping `value` found under `name`."""
        return Fields(value, f"{self.pointer}/{name}", self.violations, self.lines, self.rule)

    def text(self, name: str) -> str:
        """Return a required, non-empty text."""
        value = self.values.get(name)
        if isinstance(value, str) and value:
            return value
        self.note(name, "rule_set_text_expected", value)
        return ""

    def text_or_none(self, name: str) -> str | None:
        """Return a text, or None when the field is absent or null."""
        return None if self.values.get(name) is None else self.text(name)

    def one_of(self, name: str, allowed: Iterable[str], default: str | None = None) -> str:
        """Return a text out of a closed list."""
        choices = sorted(allowed)
        value = self.values.get(name, default)
        if value not in choices:
            self.note(name, "rule_set_not_allowed", value, allowed=", ".join(choices))
            return choices[0]
        return str(value)

    def both_languages(self, name: str) -> Text:
        """Return a `{zh, en}` text."""
        inner = self.below(name, self.values.get(name))
        if not inner.values:
            return NOWHERE
        inner.allow("zh", "en")
        return Text(inner.text("zh"), inner.text("en"))

    def both_languages_or_none(self, name: str) -> Text | None:
        """Return a `{zh, en}` text, or None when the field is absent or null."""
        return None if self.values.get(name) is None else self.both_languages(name)

    def day(self, name: str) -> date:
        """Return a required civil date."""
        day = self.day_or_none(name)
        if day is None:
            if self.values.get(name) is None:
                self.note(name, "rule_set_date_expected")
            return date.min
        return day

    def day_or_none(self, name: str) -> date | None:
        """Return a civil date, or None when the field is absent or null."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, str) and len(value) == 10:
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.note(name, "rule_set_date_expected", value)
        return None

    def flag(self, name: str) -> bool:
        """Return a boolean that is false when absent."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            self.note(name, "rule_set_boolean_expected", value)
        return value is True

    def items(self, name: str) -> Iterator[tuple[str, Any]]:
        """Yield `(name/index, value)` of a list that may be absent."""
        value = self.values.get(name)
        if value is None:
            return
        if not isinstance(value, list):
            self.note(name, "rule_set_list_expected", value)
            return
        for index, item in enumerate(value):
            yield f"{name}/{index}", item

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, or one text as a list of one; empty when absent."""
        value = self.values.get(name)
        if isinstance(value, str) and value:
            return (value,)
        texts = []
        for place, item in self.items(name):
            if isinstance(item, str) and item:
                texts.append(item)
            else:
                self.note(place, "rule_set_text_expected", item)
        return tuple(texts)
