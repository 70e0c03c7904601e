"""Which encoding a text file is in, decided by the whole file before any row lands."""

import codecs
from typing import BinaryIO

from registry_api.imports.files.row import FileRefused
from servicekit.errors import Violation

_PIECE = 1024 * 1024
_OTHER_UNICODE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def encoding_of(file: BinaryIO) -> str:
    """The encoding: "utf-8-sig" (also UTF-8 without a BOM) or "gb18030"; the file is rewound.

    GB18030 includes GBK. Raises FileRefused for UTF-16, which spreadsheets call "Unicode text", and
    when the file is neither, naming the byte up to which it could be read at best: a broken tail
    must not leave half a file in the register.
    """
    file.seek(0)
    if file.read(2) in _OTHER_UNICODE:
        file.seek(0)
        raise FileRefused(1, Violation("", "utf_16", None))
    reached = []
    for name in ("utf-8-sig", "gb18030"):
        broken_at = _first_undecodable(file, name)
        if broken_at is None:
            return name
        reached.append(broken_at)
    raise FileRefused(1, Violation("", "encoding", max(reached)))


def _first_undecodable(file: BinaryIO, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    position = 0
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
            position += len(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return position + error.start
    finally:
        file.seek(0)
    return None
