"""Texts for people from `messages/*.yaml`; each is there in both languages or nothing starts."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec
import yaml

from metrics_api.core.definitions.indicators import Wording
from metrics_api.core.definitions.predicate_documents import DefinitionError


@cache
def load_texts(name: str) -> Mapping[str, Wording]:
    """The texts of `messages/{name}.yaml`. Raises `DefinitionError` for one without a language."""
    path = f"messages/{name}.yaml"
    try:
        document = yaml.safe_load((files("metrics_api") / path).read_text("utf-8"))
        return msgspec.convert(document, dict[str, Wording])
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise DefinitionError(path, str(error)) from error
