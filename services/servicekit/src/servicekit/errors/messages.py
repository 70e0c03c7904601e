"""Messages for people, always in Chinese and in English, read once from `messages/*.yaml`."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

KIT = "servicekit"

_LANGUAGES = {"zh", "en"}
_MARK = "one_language"
"""In a text: the places that are meant to stand in one of its languages only."""


class TextError(ValueError):
    """A file of texts that is not whole: nothing starts with it."""


@dataclass(frozen=True, slots=True)
class Text:
    """One message in Chinese and in English; `{name}` places are filled from facts."""

    zh: str
    en: str

    def say(self, language: str, facts: Mapping[str, Any] | None = None) -> str:
        """The message in `language` ("zh" or "en"), its places filled from `facts`.

        A place without a fact stays as it is: a poorer message beats a failing one.
        """
        template = self.en if language == "en" else self.zh
        return template.format_map(_Facts(facts or {}))


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@dataclass(frozen=True, slots=True)
class ProblemText:
    """What a kind of problem is called, and what happened and how to mend it."""

    title: Text
    detail: Text


@cache
def read_texts(package: str, name: str) -> Mapping[str, Text]:
    """The texts of `messages/{name}.yaml` of a package, by key: {key: {zh: …, en: …}}.

    Raises TextError for a file that is not there, a key that is there twice, a text that lacks a
    language, and a place that only one language has. The places {zh} and {en} are taken for one
    fact in two languages; others of one language are to be named in its `one_language`.
    """
    return {key: _text(f"{package}: {name}: {key}", value) for key, value in _read(package, name)}


@cache
def read_problems(package: str) -> Mapping[str, ProblemText]:
    """The texts of a package's refusals by code: {code: {title: {zh, en}, detail: {zh, en}}}.

    Raises TextError as `read_texts` does.
    """
    texts = {}
    for code, value in _read(package, "problems"):
        where = f"{package}: problems: {code}"
        if not isinstance(value, dict) or set(value) != {"title", "detail"}:
            raise TextError(f"{where}: title and detail are expected")
        title, detail = (_text(f"{where}: {part}", value[part]) for part in ("title", "detail"))
        texts[code] = ProblemText(title, detail)
    return texts


@cache
def read_rules(package: str = KIT) -> Mapping[str, Text]:
    """What to say of a value that breaks a rule, by rule: the kit's own and those of `package`."""
    return {**read_texts(KIT, "rules"), **(read_texts(package, "rules") if package != KIT else {})}


@cache
def package_of_texts(module: str) -> str:
    """The nearest package above `module` that has problem texts. Raises TextError for none."""
    package = module
    while package := package.rpartition(".")[0]:
        if (files(package) / "messages" / "problems.yaml").is_file():
            return package
    raise TextError(f"no package above {module} has messages/problems.yaml")


class _UniqueKeys(yaml.CSafeLoader):
    """Refuses a key that is there twice, of which YAML would silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise TextError(f"there twice: {sorted(map(str, twice))}")
        return super().construct_mapping(node, deep)


def _read(package: str, name: str) -> list[tuple[str, Any]]:
    path = files(package) / "messages" / f"{name}.yaml"
    try:
        document = yaml.load(path.read_text("utf-8"), _UniqueKeys)  # noqa: S506  (a safe loader)
    except (OSError, yaml.YAMLError) as error:
        raise TextError(f"{package}: {name}: {error}") from error
    if not isinstance(document, dict):
        raise TextError(f"{package}: {name}: texts by key are expected")
    if odd := [key for key in document if not isinstance(key, str)]:
        raise TextError(f"{package}: {name}: keys to be quoted: {odd}")
    return list(document.items())


def _text(where: str, value: Any) -> Text:
    if not isinstance(value, dict) or set(value) - {_MARK} != _LANGUAGES:
        raise TextError(f"{where}: zh and en are expected")
    text = Text(value["zh"], value["en"])
    one_language = value.get(_MARK, [])
    if not isinstance(text.zh, str) or not isinstance(text.en, str):
        raise TextError(f"{where}: zh and en are texts")
    differing = sorted(_places(where, text.zh) ^ _places(where, text.en))
    if differing != sorted(one_language):
        raise TextError(f"{where}: places of one language only: {differing}")
    return text


def _places(where: str, template: str) -> set[str]:
    try:
        places = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    except ValueError as error:
        raise TextError(f"{where}: {error}") from error
    return {"its language" if place in _LANGUAGES else place for place in places}


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
