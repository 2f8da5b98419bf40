"""An issue is opened once, whatever is lost on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.github.issues import Opened, open_once
from bot.review.stamp import Stamp
from tests.github.world import START, World, world

STAMP = Stamp("1/7", (b"our key",))
MARKS = STAMP.marks("bypass", "merge")
OPEN = "POST /repos/acme/shop/issues"


@pytest.fixture
async def w() -> AsyncIterator[World]:
    async with world() as made:
        yield made


async def opened(w: World, stamp: Stamp = STAMP) -> Opened:
    marks = stamp.marks("bypass", "merge")
    return await open_once(w.client, "acme/shop", "Merged", "It was merged.", marks, START)


async def test_the_same_mark_is_the_same_issue(w: World) -> None:
    first = await opened(w)
    assert await opened(w) == first
    assert (await opened(w, Stamp("1/8", STAMP.keys))).number != first.number
    assert len(w.repo.issues) == 2


async def test_an_issue_is_found_again_when_the_key_has_changed_since(w: World) -> None:
    first = await opened(w)
    assert await opened(w, Stamp("1/7", (b"a newer key", *STAMP.keys))) == first
    assert (await opened(w, Stamp("1/7", (b"a newer key",)))).number != first.number


async def test_a_closed_one_counts(w: World) -> None:
    first = await opened(w)
    w.repo.issues[first.number].state = "closed"
    assert await opened(w) == first


async def test_one_on_the_third_page_is_found(w: World) -> None:
    first = await opened(w)
    for number in range(201):
        w.repo.open_issue(w.github.user("alice"), f"Issue {number}")
    assert await opened(w) == first


async def test_a_person_who_writes_the_mark_first_keeps_nothing_from_being_reported(w: World) -> None:
    forged = w.repo.open_issue(w.github.user("alice"), "Nothing happened", f"All is well.\n\n{MARKS[0]}")
    assert (await opened(w)).number != forged.number


@pytest.mark.parametrize(("kind", "options"), [("reset", {"after": True}), ("reset", {}), ("502", {})])
async def test_a_lost_answer_makes_no_second_issue(w: World, kind: str, options: dict[str, object]) -> None:
    w.github.fault(OPEN, kind, times=1, **options)
    first = await opened(w)
    assert list(w.repo.issues) == [first.number]


async def test_what_is_older_than_what_it_is_about_is_not_read(w: World) -> None:
    for number in range(3):
        w.repo.open_issue(w.github.user("alice"), f"Issue {number}")
    w.github.clock.advance(timedelta(days=2).total_seconds())
    mark = w.github.mark()
    since = START + timedelta(days=2)
    await open_once(w.client, "acme/shop", "Merged", "It was merged.", MARKS, since)
    (listing,) = [r for r in w.calls(mark) if r.method == "GET"]
    assert "since=2026-11-23T04%3A50%3A00Z" in listing.query or "since=2026-11-23T04:50:00Z" in listing.query
