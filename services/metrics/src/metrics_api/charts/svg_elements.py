"""Elements of an SVG document as text, escaped."""

import re
from collections.abc import Iterable

FONTS = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
"""Generic first, then what sets Chinese on macOS, Windows and Linux."""

_NO_XML_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0 section 2.2: these can't be written at all, not even as references."""

_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;",
     "\r": "&#13;"}
)  # fmt: skip

Attribute = str | int | float


def escaped(text: str) -> str:
    """`text` as character data or as an attribute's value; what XML can't say becomes U+FFFD."""
    return _NO_XML_CHARACTER.sub("\ufffd", text).translate(_ESCAPES)


def number(value: float) -> str:
    """A coordinate: at most two decimals, no exponent, no negative zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def element(name: str, *children: str, **attributes: Attribute | None) -> str:
    """An element; children are markup, `text()` makes some of a text.

    Attribute names are written with `_` for `-`, and with a `_` behind where Python claims the
    name (`class_`); attributes that are None are left out.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(children)
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def text(content: str, x: float, y: float, **attributes: Attribute | None) -> str:
    """A line of text at its baseline."""
    return element("text", escaped(content), x=x, y=y, **attributes)


def document(
    name: str, title: str, description: str, size: tuple[float, float], parts: Iterable[str]
) -> str:
    """A whole drawing of `size` (width, height), named and described for screen readers.

    `name` sets the drawing's ids apart from those of others on a page; it is an XML name.
    """
    width, height = size
    return element(
        "svg",
        element("title", escaped(title), id=f"{name}-title"),
        element("desc", escaped(description), id=f"{name}-desc"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        class_="chart",
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        font_family=FONTS,
        font_size=13,
    )


def _value(value: Attribute) -> str:
    return escaped(value) if isinstance(value, str) else number(value)
