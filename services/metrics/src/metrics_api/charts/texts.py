"""The words of pages and drawings, in each language."""

from metrics_api.core.formatting import Formatter, Language
from servicekit.errors import read_texts


def load_formatters() -> dict[Language, Formatter]:
    """Both languages. Raises TextError for a word that one of them lacks."""
    words = read_texts("metrics_api", "pages")
    return {"zh": Formatter("zh", words), "en": Formatter("en", words)}
