"""The emulator of GitHub that the package `emulate` is (npm, pinned by package-lock.json with its integrity), running.

It is installed once into the cache of tests/published, never into the repository. Without npm and Node there is none.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.published.packages import NotFetched, cache_folder

HERE = Path(__file__).parent
PERSON = "a-token-of-alice"
APP_ID, INSTALLATION = 12_345, 100
SEED: dict[str, Any] = {
    "tokens": {PERSON: {"login": "alice", "scopes": ["repo", "admin:org"]}},
    "users": [{"login": "alice", "email": "alice@example.org"}, {"login": "bob", "email": "bob@example.org"}],
    "orgs": [{"login": "acme", "members": [{"login": "alice", "role": "admin"}, {"login": "bob"}]}],
    "repos": [{"owner": "acme", "name": "orders", "auto_init": True}],
}
_START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Emulator:
    """url: of its REST API. key: the App's private key."""

    url: str
    key: str
    session: aiohttp.ClientSession

    async def alice(self, method: str, path: str, body: Any = None) -> Any:
        """What alice, who administers acme, does herself."""
        headers = {"authorization": f"token {PERSON}"}
        async with self.session.request(method, self.url + path, json=body, headers=headers) as answer:
            text = await answer.text()
            assert answer.status < 300, (method, path, answer.status, text)
            return json.loads(text) if text else None


def installed() -> Path:
    """The folder with the package in it. Raises NotFetched."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NotFetched("npm and Node are not installed")
    named = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = cache_folder() / f"emulate-{named}"
    with (cache_folder() / "emulate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the test workers share the cache, and one installation is enough
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=cache_folder(), ignore_cleanup_errors=True) as fresh:
                for name in ("package.json", "package-lock.json"):
                    shutil.copy(HERE / name, fresh)
                command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
                done = subprocess.run(command, cwd=fresh, capture_output=True, text=True, check=False)
                if done.returncode != 0:
                    raise NotFetched((done.stderr or done.stdout).strip()[-400:])
                Path(fresh).rename(folder)
    return folder


def installed_or_skipped() -> Path:
    """As `installed`, for tests: skips with the reason when it cannot be had, except in CI, which never skips."""
    try:
        return installed()
    except NotFetched as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the emulator could not be installed: {error}")


@asynccontextmanager
async def emulator(folder: Path, permissions: dict[str, str], events: list[str]) -> AsyncIterator[Emulator]:
    """Runs until the end of the block, with an App of these permissions installed for acme."""
    app = {
        "app_id": APP_ID,
        "slug": "countersign",
        "name": "Countersign",
        "permissions": permissions,
        "events": events,
        "installations": [{"installation_id": INSTALLATION, "account": "acme", "repository_selection": "all"}],
    }
    process = await asyncio.create_subprocess_exec(
        "node",
        str(HERE / "start.mjs"),
        json.dumps({**SEED, "apps": [app]}),
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        async with asyncio.timeout(_START_SECONDS):
            told = json.loads(await process.stdout.readline())
        async with aiohttp.ClientSession() as session:
            yield Emulator(told["url"], told["key"], session)
    finally:
        process.stdin.close()
        await process.wait()
