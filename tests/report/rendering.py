"""A comment rendered the way GitHub does it, for asking what a reader would see."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

_MENTION = re.compile(r"(?<![\w/])@[A-Za-z0-9]")
_REFERENCE = re.compile(r"(?<![\w&])#\d|\bGH-\d|https?://|www\.", re.IGNORECASE)
_NOT_LINKED = {"code", "pre", "a"}


class Rendered(HTMLParser):
    """What came out: tags in use, the shape of tables, targets of links, and text where GitHub looks for mentions."""

    def __init__(self, markdown: str) -> None:
        super().__init__(convert_charrefs=True)
        self.opened: list[str] = []
        self.tags: dict[str, int] = {}
        self.unbalanced: list[str] = []
        self.targets: list[str] = []
        self.comments: list[str] = []
        self.columns: list[int] = []
        self.linkable = ""
        self.text = ""
        renderer = MarkdownIt("gfm-like", {"html": True, "linkify": False, "breaks": True})
        self.feed(renderer.render(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        if tag == "a":
            self.targets.append(dict(attrs).get("href") or "")
        if tag == "tr":
            self.columns.append(0)
        if tag in ("td", "th"):
            self.columns[-1] += 1
        if tag not in ("br", "hr", "img"):
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.opened or self.opened[-1] != tag:
            self.unbalanced.append(tag)
        else:
            self.opened.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1

    def handle_data(self, data: str) -> None:
        self.text += data
        self.linkable += "\n" if _NOT_LINKED & set(self.opened) else data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    @property
    def mentions(self) -> list[str]:
        return _MENTION.findall(self.linkable)

    @property
    def references(self) -> list[str]:
        return _REFERENCE.findall(self.linkable)
