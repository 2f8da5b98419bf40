"""Text from a contract or a person, made harmless before it is published.

Such text can't ping anybody, break a table, close our HTML, link elsewhere, forge our markers or run over lengths.
Characters that mean something to Markdown or HTML become numeric entities: an entity is text wherever it stands, in a
paragraph, a table cell and raw HTML alike, while a backslash helps in some of these only.

GitHub looks for mentions, `#123`, `GH-123` and bare addresses in the *rendered* text, where an escape is already gone.
Those are broken by a zero-width space instead, which survives rendering.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote as percent_encode

ZERO_WIDTH_SPACE = "\u200b"
ELLIPSIS = "…"

_JOINERS = {"\u200c", "\u200d"}
"""Invisible, yet part of the spelling of Persian words and of emoji."""

_SPECIAL = re.compile(r"""[\\`*\[\]<>|~&$"']|^\#|(?<![^\W_])_|_(?![^\W_])|^[-+=:]|^\d(?=\d*[.)])""")
"""What means something to Markdown or HTML: always, at the start of a line, or (underscores) at the end of a word."""
_SPECIAL_IN_CODE = re.compile(r"[^\w ,;/.-]|_")
_TARGET_LIMIT = 2000
_REFERENCE = re.compile(r"@|#(?=\w)|:(?=//)|(?<=www)\.|(?<=\bGH)-", re.IGNORECASE)
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_BACKTICKS = re.compile(r"`+")
_COMMENT_OPENING = re.compile(r"<!(?=-)")


def printable(text: str) -> str:
    """`text` on one line, without control, direction-changing, unassigned or half (surrogate) characters."""
    if text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(_visible(character) for character in text).split())


def spaced(line: str) -> str:
    """A line of a file that somebody may copy: as `printable`, but with every space where it was."""
    return "".join(character if character.isprintable() else "�" for character in line)


def clip(text: str, limit: int) -> str:
    """At most `limit` characters of `text`, ending in an ellipsis when something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def unlinked(text: str) -> str:
    """`text` in which GitHub finds nobody to mention and nothing to link."""
    return _REFERENCE.sub(_broken, text)


def plain(text: str, limit: int = 300) -> str:
    """Inline text that shows exactly its characters, in Markdown and in raw HTML."""
    shown = unlinked(clip(printable(text), limit))
    return _SPECIAL.sub(_entity, shown)


def code(text: str, limit: int = 120) -> str:
    """A code span, with more backticks than the text has in a row. Safe in a table cell, too."""
    shown = _in_code(text, limit)
    if not shown:
        return "<code></code>"
    if "|" in shown or shown.endswith("\\"):
        # A pipe ends a table cell even inside a code span, and renderers differ on what a backslash before it does.
        return code_html(text, limit)
    fence = "`" * (_longest_run(shown) + 1)
    padding = " " if shown[0] == "`" or shown[-1] == "`" else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def code_html(text: str, limit: int = 120) -> str:
    """A code span for raw HTML, such as a `<summary>`, where Markdown is not read."""
    shown = _in_code(text, limit)
    return f"<code>{_SPECIAL_IN_CODE.sub(_entity, shown)}</code>"


def phrase(text: str, limit: int = 1000, in_html: bool = False) -> str:
    """A sentence of the catalogue, in which `code spans` are kept and everything else is plain text.

    The sentence is filled from the contract, so the spans are read again here: a backtick in a name can move where a
    span ends, and do no more.
    """
    spelled: Callable[[str, int], str] = code_html if in_html else code
    return "".join(
        spelled(piece, limit) if is_code else _plain_piece(piece, first=index == 0)
        for index, (is_code, piece) in enumerate(_pieces(clip(printable(text), limit)))
    )


def bare(text: str, limit: int = 1000) -> str:
    """A sentence of the catalogue for places that show no Markdown (annotations, titles): nothing to link in it."""
    return clip(unlinked(printable(text)), limit)


def quotation(text: str, limit: int = 1500, lines: int = 15) -> str:
    """A person's words, verbatim, as a Markdown quotation."""
    all_lines = clip(text, limit).splitlines()
    kept = all_lines[:lines] + ([ELLIPSIS] if len(all_lines) > lines else [])
    return "  \n".join(f"> {plain(line, limit)}" for line in kept)


def fenced(text: str, language: str = "") -> str:
    """A code block that nothing in `text` can end.

    Nobody is mentioned from a code block, and what stands there is there to be copied: an `@` stays as it is.
    """
    body = "\n".join("".join(_visible(c) if c != "\t" else c for c in line) for line in text.splitlines())
    body = _COMMENT_OPENING.sub(f"<!{ZERO_WIDTH_SPACE}", body)
    fence = "`" * max(3, _longest_run(body) + 1)
    return f"{fence}{language}\n{body}\n{fence}"


def link(label: str, target: str) -> str:
    """A link. `label` is Markdown that is already safe; `target` comes from `address` or `web_address`. The label alone
    when there is no address, or one that nobody can have meant.
    """
    return f"[{label}]({target})" if 0 < len(target) <= _TARGET_LIMIT else label


def address(base: str, *segments: str, fragment: str = "") -> str:
    """`base` and path segments, percent-encoded; slashes stay (file paths). Empty without a base."""
    if not base:
        return ""
    path = "/".join(percent_encode(segment.encode("utf-8", "replace"), safe="/~") for segment in segments)
    return f"{base.rstrip('/')}/{path}" + (f"#{fragment}" if fragment else "")


def web_address(url: str) -> str:
    """An address that somebody else made, as a link target: nothing in it ends the link. Empty unless http(s)."""
    encoded = percent_encode(url.encode("utf-8", "replace"), safe=":/?#!$&*+,;=~%-._")
    return encoded if encoded.startswith(("https://", "http://")) else ""


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category.startswith("Z") or character in "\t\n\r\v\f\x85":
        return " "
    if character in _JOINERS:
        return character
    if category == "Cf":
        return ""
    return "\ufffd" if category.startswith("C") else character


def _broken(match: re.Match[str]) -> str:
    found = match.group()
    return found + ZERO_WIDTH_SPACE if found in "@#:" else ZERO_WIDTH_SPACE + found


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match.group())};"


def _in_code(text: str, limit: int) -> str:
    shown = unlinked(clip(printable(text), limit))
    return _COMMENT_OPENING.sub(f"<!{ZERO_WIDTH_SPACE}", shown)


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)


def _pieces(text: str) -> list[tuple[bool, str]]:
    pieces, end = [], 0
    for span in _SPAN.finditer(text):
        pieces += [(False, text[end : span.start()]), (True, span.group(2))]
        end = span.end()
    return [*pieces, (False, text[end:])]


def _plain_piece(text: str, first: bool) -> str:
    """Plain text between code spans, which keeps the spaces at its ends and starts a line only sometimes."""
    if not text.strip():
        return " " if text else ""
    before = " " if text[0] == " " and not first else ""
    after = " " if text[-1] == " " else ""
    return before + plain(text, len(text)) + after
