"""From bytes to text, and from an offset in the text to a line."""

from __future__ import annotations

import codecs
from bisect import bisect_right

from bot.contracts.unreadable import Limits, Unreadable

_LFS = b"version https://git-lfs.github.com/spec/"

# The order matters: the UTF-32 mark begins with the UTF-16 one. YAML 1.2 section 5.2.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes, limits: Limits) -> str:
    """The text of a file, without a byte order mark.

    Raises Unreadable for what is no text: too large, a Git LFS pointer, empty, not the encoding it claims, NUL
    characters.
    """
    if len(data) > limits.size:
        raise Unreadable(
            f"The file is larger than {_megabytes(limits.size)} MB ({len(data):,} bytes), so it was not read."
        )
    if data.startswith(_LFS):
        raise Unreadable(
            "The file is a Git LFS pointer, not the document itself. Keep contracts in git: `git lfs untrack` the path "
            "and commit the content."
        )
    text = _decoded(data)
    nul = text.find("\0")
    if nul >= 0:
        raise Unreadable("The file contains a NUL character, so it is not a text document.", *line_column(text, nul))
    if not text.strip(" \t\r\n"):
        raise Unreadable("The document is empty.")
    return text


def _megabytes(size: int) -> str:
    return f"{size / (1024 * 1024):.2f}".rstrip("0").rstrip(".")


def _decoded(data: bytes) -> str:
    mark, encoding = next(((m, e) for m, e in _MARKS if data.startswith(m)), (b"", "utf-8"))
    try:
        return data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        before = data[len(mark) : len(mark) + error.start].decode(encoding, "replace")
        raise Unreadable(
            f"The file is not valid {encoding.upper()}. Save it as UTF-8.", *line_column(before, len(before))
        ) from None


def line_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class Lines:
    """Many offsets of one text to lines and columns. A line ends at a line feed, as git and GitHub count.

    Only the text before the furthest offset is looked at, and nothing is kept but the line starts that were asked for.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._passed = [0]
        """Line starts, ascending."""
        self._lines = [1]
        """The line that begins at each of these."""

    def at(self, offset: int) -> tuple[int, int]:
        index = bisect_right(self._passed, offset) - 1
        known = self._passed[index]
        start = self._text.rfind("\n", known, offset) + 1
        if not start:
            return self._lines[index], offset - known + 1
        line = self._lines[index] + self._text.count("\n", known, start)
        self._passed.insert(index + 1, start)
        self._lines.insert(index + 1, line)
        return line, offset - start + 1
