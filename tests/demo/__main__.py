"""`make demo`: pull requests held and released, on the stand-in GitHub, by the bot as it is deployed.

Every step says what happened and is checked; a step that did not happen makes the exit code 1.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.demo.asking import EMAIL, ask
from tests.demo.organisation import open_acme
from tests.demo.story import tell
from tests.demo.telling import Story
from tests.shop.world import Shop

PORT = 8750


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo")
    parser.add_argument("--once", action="store_true", help="end after the story instead of serving the pages")
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"of the stand-in GitHub (default: {PORT}, or a free one)"
    )
    options = parser.parse_args()
    try:
        return asyncio.run(demo(options.port, once=options.once))
    except KeyboardInterrupt:
        return 0


async def demo(port: int, *, once: bool) -> int:
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory(prefix="countersign-demo-") as folder:
        try:
            return await _run(console, Path(folder), 0 if once else port, once=once)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:  # somebody else's port, or another demo's
                raise
            return await _run(console, Path(folder), 0, once=once)


async def _run(console: Console, folder: Path, port: int, *, once: bool) -> int:
    async with open_acme(folder, port) as shop:
        story = Story(console)
        held = await tell(story, shop)
        await ask(story, shop, held)
        console.print()
        if story.missed:
            console.print(f"[bold red]{story.missed} of {story.steps} steps did not happen as told.[/]")
        else:
            console.print(f"[bold green]The whole story happened: {story.steps} steps.[/]")
        if not once:
            _show_around(console, shop)
            await asyncio.Event().wait()
    return 1 if story.missed else 0


def _show_around(console: Console, shop: Shop) -> None:
    """Where to look, and what to ask, while the demo is served."""
    console.print("\nThe pull requests as people saw them:", style="bold")
    for pull in shop.orders.pulls:
        console.print(f"  {pull.url}   [dim]{pull.title}[/]", soft_wrap=True)
    console.print("\nQuestions to the running server, in another terminal:", style="bold")
    console.print(f"  export COUNTERSIGN_TOKEN={shop.wanda.token()}   [dim]wanda's, at this GitHub[/]", soft_wrap=True)
    explain = f"explain {shop.orders.pulls[-1].url}"
    for question in (f'who-uses "{EMAIL}"', f'can-i-remove "{EMAIL}"', "map --format mermaid", "unbacked", explain):
        console.print(f"  .venv/bin/countersign {question} --server {shop.bot.url}", soft_wrap=True, markup=False)
    console.print("\n[dim]Served until you press Ctrl-C.[/]")


if __name__ == "__main__":
    sys.exit(main())
