"""Messages for people, always in Chinese and in English."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """One message in Chinese and in English; `{name}` places are filled from facts."""

    zh: str
    en: str

    def say(self, language: str, facts: dict[str, Any] | None = None) -> str:
        """The message in `language` ("zh" or "en"), its places filled from `facts`.

        A place without a fact stays as it is: a poorer message beats a failing one.
        """
        template = self.en if language == "en" else self.zh
        return template.format_map(_Facts(facts or {}))


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def preferred_language(accept_language: str | None) -> str:
    """The language "zh" or "en", by an Accept-Language header (RFC 9110 section 12.5.4).

    Chinese, the users' language, wins ties, wildcards and unknown languages.
    """
    weights = {"zh": 0.0, "en": 0.0}
    for item in (accept_language or "").split(","):
        tag, _, parameters = item.strip().partition(";")
        language = tag.strip().lower().split("-")[0]
        if language not in weights:
            continue
        try:
            weight = float(parameters.strip().lower().removeprefix("q=")) if parameters else 1.0
        except ValueError:
            weight = 0.0
        weights[language] = max(weights[language], weight)
    return "en" if weights["en"] > weights["zh"] else "zh"
