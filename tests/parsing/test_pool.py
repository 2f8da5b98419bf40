from __future__ import annotations

import asyncio
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest

from bot.contracts.change import Comparison
from bot.contracts.document import Document, Position, Side
from bot.contracts.options import Options
from bot.parsing.child import Child, ChildLimits
from bot.parsing.pool import ComparisonPool, PoolClosed
from bot.parsing.protocol import read_answer

READERS = "tests.parsing.readers.formats"
OPTIONS = Options(today=date(2026, 11, 21))


def side(text: str, sha: str | None = None) -> Side:
    return Side("api.yaml", {"api.yaml": Document("api.yaml", sha or f"sha of {text}", text.encode())})


async def compare(pool: ComparisonPool, text: str, sha: str | None = None) -> Comparison:
    async with asyncio.timeout(30):
        return await pool.compare("openapi", side("base"), side(text, sha), OPTIONS)


def reason(comparison: Comparison) -> str:
    (change,) = comparison.changes
    assert change.fact == "contract.unreadable"
    return str(change.attributes["reason"])


@pytest.fixture
async def pool() -> AsyncIterator[ComparisonPool]:
    limits = ChildLimits(seconds=5.0, memory=700 << 20)
    async with ComparisonPool([Child(limits, formats=READERS) for _ in range(2)]) as pool:
        yield pool


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


async def test_a_comparison_comes_from_a_child(pool: ComparisonPool) -> None:
    found = await compare(pool, "fine")
    (change,) = found.changes
    assert change.fact == "test.fact" and change.identity[0] == "openapi"
    assert int(change.identity[1]) in pool.pids
    assert found.not_checked == ("2026-11-21",)


async def test_mappings_that_cannot_be_pickled_travel_all_the_same(pool: ComparisonPool) -> None:
    head = Side("api.yaml", MappingProxyType(dict(side("fine").documents)), MappingProxyType({}))
    assert (await pool.compare("openapi", side("base"), head, OPTIONS)).changes[0].fact == "test.fact"


@pytest.mark.parametrize(
    ("text", "why", "kind"),
    [
        ("hang", "takes longer than 5 s", "deadline"),
        ("spin", "takes longer than 5 s", "deadline"),
        ("hog", "needs more than 700 MB of memory", "memory"),
        ("crash", "crashes the reader (SIGSEGV)", "crash"),
        ("exit", "crashes the reader (exit status 3)", "crash"),
        ("recurse", "nested more deeply", "nesting"),
        ("raise", "a bug in Countersign", "error"),
        ("stranger", "not an answer", "crash"),
    ],
)
async def test_whatever_a_file_does_to_a_child_is_said_in_a_finding_and_the_next_file_is_read(
    pool: ComparisonPool, text: str, why: str, kind: str
) -> None:
    found = await compare(pool, text)
    assert why in reason(found)
    assert found.changes[0].position == Position("api.yaml", 1)
    assert pool.statistics.failures[kind] >= 1
    after = await asyncio.gather(*(compare(pool, f"fine {n}") for n in range(4)))
    assert [comparison.changes[0].fact for comparison in after] == ["test.fact"] * 4


async def test_a_child_that_is_killed_from_outside_costs_nothing_but_time(pool: ComparisonPool, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    marker.touch()
    assert (await compare(pool, f"once {marker}")).changes[0].fact == "test.fact"
    assert pool.statistics.failures["crash"] == 1


async def test_kill_9_of_idle_children_is_not_noticed(pool: ComparisonPool) -> None:
    await asyncio.gather(*(compare(pool, f"fine {n}") for n in range(4)))
    for pid in pool.pids:
        os.kill(pid, signal.SIGKILL)
    after = await asyncio.gather(*(compare(pool, f"still fine {n}") for n in range(4)))
    assert all(comparison.changes[0].fact == "test.fact" for comparison in after)


async def test_a_signature_for_an_unreadable_file_is_for_that_file_only(pool: ComparisonPool) -> None:
    first, second = await compare(pool, "raise", "sha1"), await compare(pool, "raise", "sha2")
    assert first.changes[0].identity != second.changes[0].identity


async def test_twenty_comparisons_at_once_share_the_children(pool: ComparisonPool) -> None:
    texts = [f"slow 0.0{n % 10} {n}".rsplit(" ", 1)[0] for n in range(20)]
    found = await asyncio.gather(*(compare(pool, text, f"sha {n}") for n, text in enumerate(texts)))
    pids = {comparison.changes[0].identity[1] for comparison in found}
    assert len(found) == 20 and len(pids) == 2


async def test_hanging_files_do_not_keep_others_from_being_read_or_the_loop_from_turning(pool: ComparisonPool) -> None:
    hanging = asyncio.ensure_future(compare(pool, "spin"))
    longest = 0.0
    for n in range(20):
        assert (await compare(pool, f"fine {n}")).changes[0].fact == "test.fact"
        before = time.monotonic()
        await asyncio.sleep(0)
        longest = max(longest, time.monotonic() - before)
    assert not hanging.done()
    assert "takes longer" in reason(await hanging)


async def test_the_same_blobs_are_compared_once(pool: ComparisonPool) -> None:
    together = await asyncio.gather(*(compare(pool, "slow 0.1") for _ in range(5)))
    again = await compare(pool, "slow 0.1")
    assert all(comparison is together[0] for comparison in [*together, again])
    other_day = Options(today=date(2026, 11, 22))
    assert (await pool.compare("openapi", side("base"), side("slow 0.1"), other_day)).not_checked == ("2026-11-22",)
    assert pool.statistics.cached == 1


async def test_a_hostile_file_seen_again_costs_nothing(pool: ComparisonPool) -> None:
    first = await compare(pool, "hang")
    assert await compare(pool, "hang") == first
    assert pool.statistics.failures["deadline"] == 1


async def test_a_long_answer_arrives_whole(pool: ComparisonPool) -> None:
    found = await compare(pool, "many 9001")
    assert [change.element for change in found.changes] == [f"e{n}" for n in range(9001)]


async def test_a_stray_print_does_not_garble_an_answer(pool: ComparisonPool) -> None:
    assert (await compare(pool, "print")).changes[0].fact == "test.fact"


async def test_a_file_too_big_to_send_is_refused_unread() -> None:
    async with ComparisonPool([Child(ChildLimits(request=1000), formats=READERS)]) as pool:
        assert "larger than" in reason(await compare(pool, "fine " + "x" * 2000))


async def test_children_know_no_secrets_and_write_no_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COUNTERSIGN_WEBHOOK_SECRET", "s3cret")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x")
    async with ComparisonPool([Child(formats=READERS)]) as pool:
        names = (await compare(pool, "environment")).not_checked
        assert not {"COUNTERSIGN_WEBHOOK_SECRET", "DATABASE_URL"} & set(names)
        assert "a bug" in reason(await compare(pool, f"write {tmp_path / 'file'}"))


LOADED = """
import sys
from bot.parsing.worker import _load_everything

_load_everything("bot.contracts.formats")
print([name for name in ("pydantic", "sqlalchemy", "aiohttp", "cryptography") if name in sys.modules])
"""


def test_a_child_loads_nothing_but_what_reads_files() -> None:
    assert subprocess.run([sys.executable, "-c", LOADED], capture_output=True, check=True, text=True).stdout == "[]\n"


async def test_references_and_recognition_are_protected_too(pool: ComparisonPool) -> None:
    assert await pool.references("openapi", Document("a", "1", b"b.yaml c.yaml")) == {"b.yaml", "c.yaml"}
    assert await pool.references("openapi", Document("a", "2", b"hang")) == frozenset()
    assert await pool.recognise("a", b"openapi: 3.1.0") == "openapi"
    assert await pool.recognise("a", b"kind: Deployment") is None
    assert await pool.recognise("a", b"crash") is None


async def test_closing_ends_the_children_whatever_they_do(pool: ComparisonPool) -> None:
    busy = [asyncio.ensure_future(compare(pool, f"slow 50 {n}".rsplit(" ", 1)[0], str(n))) for n in range(5)]
    await asyncio.sleep(0.2)
    pids = pool.pids
    await pool.close()
    outcomes = await asyncio.gather(*busy, return_exceptions=True)
    assert all(isinstance(outcome, PoolClosed) for outcome in outcomes)
    assert pids and all(gone(pid) for pid in pids)
    with pytest.raises(PoolClosed):
        await compare(pool, "fine")


async def test_lent_children_outlive_the_pool_and_serve_the_next() -> None:
    child = Child(formats=READERS)
    try:
        async with ComparisonPool([child], lent=True) as first:
            await compare(first, "fine")
            (pid,) = first.pids
        async with ComparisonPool([child], lent=True) as second:
            assert (await compare(second, "fine")).changes[0].identity[1] == str(pid)
        with pytest.raises(PoolClosed):
            await compare(first, "still fine")
    finally:
        child.close()
    assert gone(pid)


async def test_a_pool_that_closes_lets_a_lent_child_finish() -> None:
    child = Child(formats=READERS)
    try:
        async with ComparisonPool([child], lent=True) as pool:
            under_way = asyncio.ensure_future(compare(pool, "slow 0.2"))
            await asyncio.sleep(0.05)
        assert (await under_way).changes[0].fact == "test.fact"
        assert child.pid is not None and not gone(child.pid)
    finally:
        child.close()


async def test_a_caller_who_gives_up_does_not_spoil_it_for_the_next(pool: ComparisonPool) -> None:
    impatient = asyncio.ensure_future(compare(pool, "slow 0.2"))
    await asyncio.sleep(0.05)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    assert (await compare(pool, "slow 0.2")).changes[0].fact == "test.fact"


async def test_readers_that_do_not_start_block_instead_of_passing() -> None:
    async with ComparisonPool([Child(formats="tests.parsing.readers.missing")]) as pool:
        assert "crashes the reader" in reason(await compare(pool, "fine"))


PARENT = """
import asyncio
from tests.parsing.test_pool import READERS, Child, ChildLimits, ComparisonPool, compare

async def main():
    limits = ChildLimits(seconds=1.0)
    async with ComparisonPool([Child(limits, formats=READERS), Child(limits, formats=READERS)]) as pool:
        busy = asyncio.ensure_future(compare(pool, "spin"))
        await asyncio.sleep(0.2)
        print(*pool.pids, flush=True)
        await busy

asyncio.run(main())
"""


async def test_children_of_a_parent_that_was_killed_end_by_themselves() -> None:
    def pids_of_orphans() -> list[int]:
        parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        parent.kill()
        parent.communicate()
        return pids

    pids = await asyncio.to_thread(pids_of_orphans)
    assert len(pids) == 2
    latest = time.monotonic() + 20  # the stuck one has its second, and two more
    while time.monotonic() < latest and not all(gone(pid) for pid in pids):  # noqa: ASYNC110 (other processes)
        await asyncio.sleep(0.1)
    assert [pid for pid in pids if not gone(pid)] == []


@pytest.mark.parametrize("value", [subprocess.Popen, os.system, ChildLimits(), print])
def test_an_answer_can_name_nothing_but_contract_values(value: object) -> None:
    with pytest.raises(pickle.UnpicklingError, match="answered with"):
        read_answer(pickle.dumps(value))


def test_an_answer_cannot_reach_modules_through_a_contract_module() -> None:
    reach = b"\x80\x04\x8c\x14bot.contracts.change\x8c\x07Mapping\x93."
    with pytest.raises(pickle.UnpicklingError, match="answered with"):
        read_answer(reach)


async def test_the_real_readers_answer_through_the_pool_and_a_bomb_is_named() -> None:
    document = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n"
    bomb = "openapi: 3.0.3\na0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    async with ComparisonPool([Child()]) as pool:
        assert await pool.recognise("openapi.yaml", document.encode()) == "openapi"
        same = await pool.compare("openapi", side(document), side(document), OPTIONS)
        assert same == Comparison(())
        hostile = await pool.compare("openapi", side(document), side(bomb), OPTIONS)
    assert [change.fact for change in hostile.changes] == ["contract.unreadable"]
    assert pool.statistics.failures == {}
