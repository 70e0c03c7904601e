"""The words of pages and drawings, in each language."""

from metrics_api.core.formatting import Formatter, Language
from metrics_api.definitions.texts import load_texts


def load_formatters() -> dict[Language, Formatter]:
    """Both languages. Raises `DefinitionError` for a word that one of them lacks."""
    words = load_texts("pages")
    return {"zh": Formatter("zh", words), "en": Formatter("en", words)}
