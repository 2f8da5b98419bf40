"""How the demo speaks on the terminal, and keeps count of what did not happen."""

from __future__ import annotations

import re

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

_TAG = re.compile(r"<[^>]+>|[*`]|^#+ |^> ?|\[([^\]]*)\]\([^)]*\)")


class Story:
    """Tells, and keeps count of what did not happen."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.steps = 0
        self.missed = 0

    def chapter(self, title: str) -> None:
        self._console.print()
        self._console.print(Text(title, style="bold underline"))

    def say(self, text: str) -> None:
        self._console.print(Padding(Text(text), (0, 0, 0, 2), expand=False))

    def does(self, who: str, what: str) -> None:
        line = Text(f"{who} ", style="bold cyan")
        line.append(what, style="not bold default")
        self._console.print(Padding(line, (0, 0, 0, 2), expand=False))

    def quote(self, text: str) -> None:
        """What somebody or the bot wrote."""
        self._console.print(Padding(Text(f"“{plain(text)}”", style="italic dim"), (0, 0, 0, 6), expand=False))

    def runs(self, command: str, output: str) -> None:
        """A command at a terminal, and what it printed."""
        self._console.print(Padding(Text(f"$ {command}", style="bold"), (0, 0, 0, 2), expand=False))
        self._console.print(Padding(Text(output.rstrip(), style="dim"), (0, 0, 0, 4), expand=False))

    def happened(self, what: str, is_true: bool) -> None:
        """A step of the story, checked."""
        self.steps += 1
        self.missed += not is_true
        mark = Text("✓ " if is_true else "✗ ", style="bold green" if is_true else "bold red")
        self._console.print(Padding(mark.append(what, style="not bold default"), (0, 0, 0, 2), expand=False))


def plain(markdown: str) -> str:
    """What a comment says, as a reader would say it, in one line."""
    visible = _TAG.sub(lambda m: m[1] or "", markdown.split("<!--", 1)[0])
    return " ".join(visible.replace("\u200b", "").split())
