"""The stand-in GitHub in a process of its own: `python -m benchmarks.elsewhere BEFORE PROPOSED`.

Prints the bot's settings as a line of JSON, reads the webhook's address, proposes the change, and prints `judged`
when the check is there. It ends with its input: the bot is stopped first.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.github_standin import GitHub
from tests.shop.world import REGISTRY, SECRET, SPEC, organised, registry


async def main(before: bytes, proposed: bytes) -> None:
    async with GitHub() as github:
        app, _, orders, _ = organised(github, {SPEC: before, REGISTRY: registry()})
        olga = github.user("olga")
        settings = {
            "COUNTERSIGN_APP_ID": str(app.id),
            "COUNTERSIGN_PRIVATE_KEY": app.private_key_pem,
            "COUNTERSIGN_WEBHOOK_SECRET": SECRET,
            "COUNTERSIGN_GITHUB_URL": github.api_url,
            "COUNTERSIGN_HOST": "127.0.0.1",
        }
        print(json.dumps(settings), flush=True)
        app.webhook_url = (await asyncio.to_thread(sys.stdin.readline)).strip()
        orders.commit("change", {SPEC: proposed}, author=olga, message="Change")
        pull = orders.open_pull_request("change", olga)
        while not any(run.head_sha == pull.head_sha for run in orders.check_runs):  # noqa: ASYNC110 (no event for it)
            await asyncio.sleep(0.05)
        await asyncio.sleep(1)  # the comment and the rest
        print("judged", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).read_bytes(), Path(sys.argv[2]).read_bytes()))
