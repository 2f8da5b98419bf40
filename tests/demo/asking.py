"""Questions to the running server and to its ledger, by the command line as anybody would use it."""

from __future__ import annotations

import asyncio
import os
import sys

from tests.demo.telling import Story
from tests.github_standin import PullRequest, User
from tests.shop.world import Shop

EMAIL = "GET /orders/{id} 200:$.customer.email"
_WIDTH = "76"


async def ask(story: Story, shop: Shop, held: PullRequest) -> None:
    """Who uses what, and why is `held` held? Answered from what the asker can read at GitHub."""
    story.chapter("Asking the server")
    story.does("wanda", "asks who uses the e-mail address, with a GitHub token of hers")
    code, said = await _run(story, "who-uses", EMAIL, "--server", shop.bot.url, asker=shop.wanda)
    story.happened("checkout-web does, by its pact", code == 1 and "checkout-web" in said and "pact" in said)
    code, said = await _run(story, "map", "--server", shop.bot.url, asker=shop.wanda)
    story.happened("both contracts are on the map, each with its users", code == 0 and said.count("● warehouse") == 2)
    story.does("wanda", "asks why the last pull request is held")
    code, said = await _run(story, "explain", held.url, "--server", shop.bot.url, asker=shop.wanda)
    story.happened("the whole decision is there, and whose answer is missing", code == 1 and "warehouse" in said)
    story.does("ada", "(administrator) looks whether anybody has altered the records")
    code, _ = await _run(story, "audit", "verify", "--database", str(shop.bot.store_path))
    story.happened("nobody has", code == 0)


async def _run(story: Story, *arguments: str, asker: User | None = None) -> tuple[int, str]:
    """The exit code of `countersign ARGUMENTS`, in a process of its own, and what it prints."""
    token = {"COUNTERSIGN_TOKEN": asker.token()} if asker else {}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        env=os.environ | {"COLUMNS": _WIDTH} | token,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode()
    story.runs(" ".join(("countersign", *(f'"{each}"' if " " in each else each for each in arguments))), said)
    return process.returncode or 0, said
