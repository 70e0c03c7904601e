"""Reads the words of the pages; each is there in both languages or nothing starts."""

from importlib.resources import files

import msgspec
import yaml

from metrics_api.core.definitions.indicators import Wording
from metrics_api.core.definitions.predicate_documents import DefinitionError
from metrics_api.core.formatting import Formatter, Language


def load_formatters() -> dict[Language, Formatter]:
    """Both languages. Raises `DefinitionError` for a word that one of them lacks."""
    try:
        document = yaml.safe_load(
            (files("metrics_api") / "messages" / "pages.yaml").read_text("utf-8")
        )
        words = msgspec.convert(document, dict[str, Wording])
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise DefinitionError("messages/pages.yaml", str(error)) from error
    return {"zh": Formatter("zh", words), "en": Formatter("en", words)}
