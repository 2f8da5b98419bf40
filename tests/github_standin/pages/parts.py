"""What every page is made of."""

from __future__ import annotations

import html
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.github_standin.rest.calls import Answer
from tests.github_standin.world.accounts import Team, User

if TYPE_CHECKING:
    from tests.github_standin.world.accounts import Owner
    from tests.github_standin.world.issues import Label
    from tests.github_standin.world.repositories import Repository

_COLOURS = ("#0969da", "#8250df", "#bf3989", "#bc4c00", "#1a7f37", "#9a6700", "#57606a", "#cf222e", "#1b7c83")


def text(value: object) -> str:
    return html.escape(str(value))


@lru_cache(1)
def _style() -> str:
    return (Path(__file__).parent / "page.css").read_text("utf-8")


def document(title: str, top: str, body: str, status: int = 200) -> Answer:
    """A whole page. `top` is HTML for the bar."""
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{_style()}</style></head><body>"
        f'<header class="top">{top}<span class="pale">a stand-in for GitHub</span></header>'
        f"<main>{body}</main></body></html>\n"
    )
    return Answer(page.encode(), status, content_type="text/html")


def breadcrumbs(repo: Repository) -> str:
    where = f"/{repo.full_name}"
    return f'<a href="/">{text(repo.owner.login)}</a> / <a href="{text(where)}"><b>{text(repo.name)}</b></a>'


def avatar(who: Owner | Team | None, large: bool = False) -> str:
    """A coloured circle with the initial; apps are square. Somebody who is gone is the ghost."""
    name = who.slug if isinstance(who, Team) else who.login if who is not None else "ghost"
    colour = _COLOURS[(who.id if who is not None else 6) % len(_COLOURS)]
    shape = " app" if isinstance(who, User) and who.kind == "Bot" else ""
    size = " large" if large else ""
    return f'<span class="avatar{shape}{size}" style="background:{colour}">{text(name[0].upper())}</span>'


def picture(who: Owner | None) -> Answer:
    """The same circle as an image."""
    name = who.login if who is not None else "ghost"
    colour = _COLOURS[(who.id if who is not None else 6) % len(_COLOURS)]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="20"'
        f' fill="{colour}"/><text x="20" y="26" font-family="sans-serif" font-size="17" fill="#fff"'
        f' text-anchor="middle">{text(name[0].upper())}</text></svg>'
    )
    return Answer(svg.encode(), content_type="image/svg+xml")


def person(who: User | None) -> str:
    """The name, linked; apps are marked."""
    if who is None:
        return "<b>ghost</b>"
    login = who.login.removesuffix("[bot]")
    address = f"/apps/{login}" if who.kind == "Bot" else f"/{login}"
    mark = ' <span class="bot">bot</span>' if who.kind == "Bot" else ""
    return f'<a class="who" href="{quote(address)}"><b>{text(login)}</b></a>{mark}'


def label(shown: Label) -> str:
    """Dark or light text, whichever can be read on the label's colour."""
    try:
        red, green, blue = (int(shown.color[i : i + 2], 16) for i in (0, 2, 4))
    except ValueError:
        red = green = blue = 237
    ink = "#1f2328" if red * 0.299 + green * 0.587 + blue * 0.114 > 150 else "#fff"
    style = f"background:#{text(shown.color)};color:{ink}"
    return f'<span class="label" style="{style}">{text(shown.name)}</span>'


def moment(at: datetime) -> str:
    return f'<time datetime="{at.isoformat()}">{at.strftime("%b %-d, %Y, %H:%M:%S")}</time>'


MARKS = {
    "success": '<span class="mark good">✓</span>',
    "neutral": '<span class="mark pale">■</span>',
    "skipped": '<span class="mark pale">⊘</span>',
    "failure": '<span class="mark bad">✗</span>',
}


def mark(state: str) -> str:
    return MARKS.get(state, '<span class="mark wait">●</span>')


def plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
