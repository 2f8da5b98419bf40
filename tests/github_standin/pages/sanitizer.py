"""HTML from people, made harmless: known elements and attributes stay, everything else goes."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        "a b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img input ins kbd li ol p picture"
        " pre q s samp source span strike strong sub summary sup table tbody td tfoot th thead tr tt ul var",
    )
)
_VOID = frozenset(("br", "hr", "img", "input", "source"))
_SWALLOWED = frozenset(("script", "style", "textarea", "title", "iframe", "noscript", "svg", "math"))
_ATTRIBUTES = frozenset(
    re.findall(
        r"\w+",
        "align alt checked class colspan disabled height href open rowspan src start title type valign width",
    )
)


def sanitized(source: str) -> str:
    """Every element closed, comments gone, addresses only http(s), mailto or on this host."""
    cleaner = _Cleaner()
    cleaner.feed(source)
    cleaner.close()
    return cleaner.result()


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._open: list[str] = []
        self._swallowing = 0

    def result(self) -> str:
        return "".join(self._out) + "".join(f"</{tag}>" for tag in reversed(self._open))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SWALLOWED:
            self._swallowing += 1
        if tag not in _ELEMENTS or self._swallowing or (tag == "input" and ("type", "checkbox") not in attrs):
            return
        kept = "".join(f' {name}="{html.escape(value or "")}"' for name, value in attrs if _allowed(name, value))
        self._out.append(f"<{tag}{kept}>")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SWALLOWED:
            self._swallowing = max(self._swallowing - 1, 0)
        if tag in self._open:
            while (closed := self._open.pop()) != tag:
                self._out.append(f"</{closed}>")
            self._out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._swallowing:
            self._out.append(html.escape(data, quote=False))


def _allowed(name: str, value: str | None) -> bool:
    if name not in _ATTRIBUTES:
        return False
    if name in ("href", "src"):
        address = (value or "").strip().lower()
        return address.startswith(("http://", "https://", "mailto:", "/", "#"))
    return True
