"""Edits of a file for a terminal: what a command did, or would do, as a diff."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from bot.registry.fixing.fix import Fixed
from bot.report import words
from bot.report.safety import printable, spaced

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def fixed(path: str, found: Fixed, *, written: bool) -> RenderableType:
    """What `lint --fix` put right in one file, or would."""
    if not found.fixes:
        return Text(f"✓ Nothing to fix in {printable(path)}", style="bold green")
    what = words.count(len(found.fixes), "fix", "fixes")
    title = f"✓ {what} in {path}" if written else f"✗ {path} wants {what}; `countersign lint --fix` makes them"
    parts: list[RenderableType] = [Text(printable(title), style="bold green" if written else "bold red")]
    for one in sorted(found.fixes, key=lambda one: one.line):
        place = Text(f"{printable(path)}:{one.line}", style="cyan")
        parts.append(Padding(place.append(f"  {printable(one.what)}", style="default"), (0, 0, 0, 2), expand=False))
    return Group(*parts)


def diff(path: str, before: str, after: str) -> RenderableType:
    """A unified diff, coloured, as `git diff` shows it; a new file has no lines before."""
    return Group(*_lines(path, before, after))


def _lines(path: str, before: str, after: str) -> Iterator[Text]:
    old, new = ((text.splitlines() if text else []) for text in (before, after))
    source = f"a/{path}" if before else "/dev/null"
    for line in difflib.unified_diff(old, new, source, f"b/{path}", lineterm=""):
        style = "bold" if line.startswith(("---", "+++")) else _STYLES.get(line[:1], "")
        yield Text(spaced(line), style=style)
