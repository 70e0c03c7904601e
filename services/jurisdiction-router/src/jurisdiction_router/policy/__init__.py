"""Data files shipped with the service: rule sets, and the words for codes in both languages."""

from importlib.resources import files


def read_packaged(name: str) -> str:
    """Return the text of a shipped file, e.g. `shenzhen-2016.yaml`. Errors: `FileNotFoundError`."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
