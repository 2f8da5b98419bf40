"""The whole server as a second process, killed and stopped."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.store import Store
from tests.web.conftest import SECRETS, headers, pull_request

LANE = "pr:acme/orders:1"


@pytest.fixture(scope="module")
def private_key() -> str:
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


class Processes:
    """Servers on one folder, ended with the test."""

    def __init__(self, folder: Path, private_key: str, session: aiohttp.ClientSession) -> None:
        self.folder = folder
        self.notes_file = folder / "notes"
        self.session = session
        self.all: list[asyncio.subprocess.Process] = []
        self._environ = {
            "PATH": os.environ["PATH"],
            "COUNTERSIGN_APP_ID": "12345",
            "COUNTERSIGN_PRIVATE_KEY": private_key,
            "COUNTERSIGN_WEBHOOK_SECRET": SECRETS[0],
            "COUNTERSIGN_DATA": str(folder),
            "COUNTERSIGN_HOST": "127.0.0.1",
            "COUNTERSIGN_WORKERS": "1",
            "PORT": "0",
        }

    async def start(self, hold: float = 0) -> tuple[asyncio.subprocess.Process, str]:
        with (self.folder / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.web.serving", str(self.notes_file), str(hold),
                env=self._environ, stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip
        self.all.append(process)
        assert process.stdout is not None
        async with asyncio.timeout(30):
            address = (await process.stdout.readline()).decode().strip()
        assert address, (self.folder / "log").read_text()
        return process, address

    async def deliver(self, address: str, delivery: str, number: int = 1) -> int:
        body = json.dumps(pull_request(number)).encode()
        async with self.session.post(f"{address}/webhook", data=body, headers=headers(body, delivery)) as answer:
            return answer.status

    def notes(self, word: str) -> list[list[str]]:
        if not self.notes_file.exists():
            return []
        lines = [line.split() for line in self.notes_file.read_text().splitlines()]
        return [rest for first, *rest in lines if first == word]

    async def until(self, condition: Callable[[], bool]) -> None:
        latest = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < latest, (self.folder / "log").read_text()
            await asyncio.sleep(0.02)

    async def end(self) -> None:
        for process in self.all:
            if process.returncode is None:
                process.kill()
                await process.wait()


@pytest.fixture
async def processes(tmp_path: Path, private_key: str) -> AsyncIterator[Processes]:
    async with aiohttp.ClientSession() as session:
        processes = Processes(tmp_path, private_key, session)
        yield processes
        await processes.end()


async def test_after_the_202_the_delivery_survives_kill_9_and_is_handled_at_the_next_start(
    processes: Processes,
) -> None:
    first, address = await processes.start(hold=60)
    codes = await asyncio.gather(*(processes.deliver(address, f"d{n}", n) for n in range(1, 21)))
    first.send_signal(signal.SIGKILL)
    await first.wait()
    assert codes == [202] * 20
    second, address = await processes.start()
    await processes.until(lambda: len(processes.notes("ended")) == 20)
    began = {(lane, deliveries) for pid, lane, deliveries in processes.notes("began") if pid == str(second.pid)}
    assert began == {(f"pr:acme/orders:{n}", f"d{n}") for n in range(1, 21)}
    assert await processes.deliver(address, "d1") == 202
    async with await Store.open(processes.folder / "countersign.db") as store:
        assert await store.pending(LANE) == ()


async def test_sigterm_lets_a_reconcile_finish_and_closes_in_order(processes: Processes) -> None:
    process, address = await processes.start(hold=0.5)
    await processes.deliver(address, "d1")
    await processes.until(lambda: len(processes.notes("began")) == 1)
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(20):
        assert await process.wait() == 0
    assert processes.notes("ended") == [[str(process.pid), LANE]]
    assert processes.notes("closed") == [[str(process.pid)]]


async def test_two_processes_on_one_database_take_deliveries_but_one_works(processes: Processes) -> None:
    first, first_address = await processes.start()
    second, second_address = await processes.start()
    await processes.deliver(first_address, "d1", 1)
    await processes.until(lambda: len(processes.notes("ended")) == 1)
    assert await processes.deliver(second_address, "d2", 2) == 202
    await asyncio.sleep(0.3)
    assert {pid for pid, *_ in processes.notes("began")} == {str(first.pid)}
    first.send_signal(signal.SIGKILL)
    await processes.until(lambda: [str(second.pid), "pr:acme/orders:2"] in processes.notes("ended"))


async def test_a_server_whose_lanes_cannot_work_ends_and_says_why(processes: Processes) -> None:
    (processes.folder / "countersign.lock").mkdir()
    process, _ = await processes.start()
    async with asyncio.timeout(20):
        assert await process.wait() == 1
    assert "IsADirectoryError" in (processes.folder / "log").read_text()


async def test_the_log_is_json_lines_without_secrets(processes: Processes) -> None:
    process, address = await processes.start()
    await processes.deliver(address, "d1")
    await processes.until(lambda: len(processes.notes("ended")) == 1)
    process.send_signal(signal.SIGTERM)
    await process.wait()
    log = (processes.folder / "log").read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    (accepted,) = [line for line in lines if line["message"] == "delivery accepted"]
    assert (accepted["delivery"], accepted["event"], accepted["status"]) == ("d1", "pull_request", 202)
    assert SECRETS[0] not in log and "PRIVATE KEY" not in log
