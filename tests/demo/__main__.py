"""`make demo`: pull requests held and released, on the stand-in GitHub, by the bot as it is deployed.

Every step says what happened and is checked; a step that did not happen makes the exit code 1.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.demo.story import Story, tell
from tests.shop.world import open_shop

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
        except OSError:  # the port is taken: somebody else's, or another demo
            return await _run(console, Path(folder), 0, once=once)


async def _run(console: Console, folder: Path, port: int, *, once: bool) -> int:
    async with open_shop(folder, port=port) as shop:
        story = Story(console)
        await tell(story, shop)
        missed = story.missed
        console.print()
        if missed:
            console.print(f"[bold red]{missed} step(s) did not happen as told.[/]")
        else:
            console.print(f"[bold green]The whole story happened: {story.steps} steps.[/]")
        if not once:
            console.print()
            console.print("Look at the pull requests as people saw them:", style="bold")
            for pull in shop.orders.pulls:
                console.print(f"  {pull.url}   [dim]{pull.title}[/]", soft_wrap=True)
            console.print("\n[dim]Served until you press Ctrl-C.[/]")
            await asyncio.Event().wait()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
