"""Texts of `messages/*.yaml`, filled in both languages at once."""

from collections.abc import Iterable, Mapping

from servicekit.errors import Text, read_texts


def texts(name: str) -> Mapping[str, Text]:
    """The texts of `messages/{name}.yaml`, by key."""
    return read_texts("jurisdiction_router", name)


def fill(text: Text, **facts: Text | str | int) -> Text:
    """The text with its places filled; a fact in both languages says each in its own."""
    return Text(
        text.zh.format(**{name: f.zh if isinstance(f, Text) else f for name, f in facts.items()}),
        text.en.format(**{name: f.en if isinstance(f, Text) else f for name, f in facts.items()}),
    )


def listed(items: Iterable[Text | str], zh: str, en: str) -> Text:
    """The items as one text, parted by `zh` and by `en`."""
    every = [item if isinstance(item, Text) else Text(item, item) for item in items]
    return Text(zh.join(item.zh for item in every), en.join(item.en for item in every))
