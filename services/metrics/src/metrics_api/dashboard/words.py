"""Reads the words of the pages; each is there in both languages or nothing starts."""

from importlib.resources import files

import msgspec
import yaml

from metrics_api.dashboard.speech import Language, Speech
from metrics_api.domain.indicators import Wording
from metrics_api.domain.predicate_documents import DefinitionError


def load_speeches() -> dict[Language, Speech]:
    """Both languages. Raises `DefinitionError` for a word that one of them lacks."""
    try:
        document = yaml.safe_load((files(__package__) / "words.yaml").read_text("utf-8"))
        words = msgspec.convert(document, dict[str, Wording])
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise DefinitionError("dashboard/words.yaml", str(error)) from error
    return {"zh": Speech("zh", words), "en": Speech("en", words)}
