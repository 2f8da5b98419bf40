"""Markdown as GitHub shows it in a conversation: GFM, mentions, references, alerts, emoji; then made harmless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from tests.github_standin.pages.sanitizer import sanitized

EMOJI = {
    "+1": "👍", "-1": "👎", "bell": "🔔", "boom": "💥", "bug": "🐛", "calendar": "📅", "eyes": "👀",
    "hand": "✋", "heavy_check_mark": "✔️", "hourglass": "⌛", "hourglass_flowing_sand": "⏳",
    "information_source": "ℹ️", "lock": "🔒", "memo": "📝", "no_entry": "⛔", "ok": "🆗", "pencil": "📝",
    "pencil2": "✏️", "point_right": "👉", "question": "❓", "red_circle": "🔴", "rocket": "🚀",
    "rotating_light": "🚨", "stop_sign": "🛑", "tada": "🎉", "thumbsdown": "👎", "thumbsup": "👍",
    "unlock": "🔓", "warning": "⚠️", "white_check_mark": "✅", "x": "❌", "zap": "⚡",
}  # fmt: skip

_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*", re.IGNORECASE)
_TASK = re.compile(r"\[([ xX])\]\s+")
_SPECIAL = re.compile(
    r"(?P<url>https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]])"
    r"|(?<![\w/@.-])@(?P<who>[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:/[A-Za-z0-9._-]+)?)"
    r"|(?<![\w/&])(?P<repo>[\w.-]+/[\w.-]+)?#(?P<number>\d+)\b"
    r"|:(?P<emoji>[a-z0-9_+-]+):"
)


@lru_cache(1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
    parser.core.ruler.push("github", lambda state: _as_github(state.tokens))
    return parser


def render(text: str, repository: str) -> str:
    """Harmless HTML. `repository` (owner/name) is where `#12` points to."""
    html: str = _parser().render(text)
    return sanitized(html.replace(_HERE, repository))


_HERE = "\ue000here\ue000"
"""Stands for the repository until the text is rendered: the parser is shared."""


def _as_github(tokens: list[Token]) -> None:
    for index, token in enumerate(tokens):
        if token.type == "inline" and token.children is not None:
            if tokens[index - 2].type == "list_item_open":
                _task(tokens[index - 2], token)
            if tokens[index - 2].type == "blockquote_open":
                _alert(tokens, index)
            token.children = list(_linked(token.children))
    # The first row's alignment travels as a style, which the page does not allow.
    for token in tokens:
        style = token.attrGet("style")
        if isinstance(style, str) and style.startswith("text-align:"):
            token.attrSet("align", style.removeprefix("text-align:"))


def _task(item: Token, inline: Token) -> None:
    first = inline.children[0] if inline.children else None
    found = _TASK.match(first.content) if first is not None and first.type == "text" else None
    if found and first is not None and inline.children is not None:
        first.content = first.content[found.end() :]
        checked = " checked" if found[1] in "xX" else ""
        inline.children.insert(0, _html(f'<input type="checkbox" disabled{checked}> '))
        item.attrJoin("class", "task-list-item")


def _alert(tokens: list[Token], index: int) -> None:
    """`> [!WARNING]` becomes a coloured box."""
    children = tokens[index].children or []
    found = _ALERT.fullmatch(children[0].content) if children and children[0].type == "text" else None
    if not found:
        return
    kind = found[1].lower()
    opening = tokens[index - 2]
    closing = next(t for t in tokens[index:] if t.type == "blockquote_close" and t.level == opening.level)
    opening.tag = closing.tag = "div"
    opening.attrJoin("class", f"alert alert-{kind}")
    rest = children[2:] if len(children) > 1 and children[1].type in ("softbreak", "hardbreak") else children[1:]
    tokens[index].children = [_html(f'<strong class="alert-title">{kind.capitalize()}</strong><br>'), *rest]


def _linked(children: list[Token]) -> Iterator[Token]:
    inside = 0
    for child in children:
        inside += (child.type == "link_open") - (child.type == "link_close")
        if child.type == "text" and not inside:
            yield _html(_specials(child.content))
        else:
            yield child


def _specials(text: str) -> str:
    html, end = "", 0
    for match in _SPECIAL.finditer(text):
        html += escapeHtml(text[end : match.start()]) + _special(match)
        end = match.end()
    return html + escapeHtml(text[end:])


def _special(match: re.Match[str]) -> str:
    shown = escapeHtml(match[0])
    if match["url"]:
        return f'<a href="{shown}">{shown}</a>'
    if match["who"]:
        org, slash, team = match["who"].partition("/")
        address = f"/orgs/{org}/teams/{team}" if slash else f"/{org}"
        return f'<a class="mention" href="{escapeHtml(address)}">{shown}</a>'
    if match["number"]:
        return f'<a href="/{escapeHtml(match["repo"] or _HERE)}/pull/{match["number"]}">{shown}</a>'
    return EMOJI.get(match["emoji"], shown)


def _html(content: str) -> Token:
    return Token("html_inline", "", 0, content=content)
