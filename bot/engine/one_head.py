"""Several pull requests may have one head. GitHub shows the checks of a commit on all of them, so the worst verdict has
to stand there: a released pull request must not release another one that is held.

Each pull request's own verdict is in the store. Whoever publishes takes those of its companions into account, and has
them looked at again when its own verdict changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.github.checks import number_of
from bot.github.client import Client
from bot.github.lanes import pull_request_lane
from bot.github.pull import PullRequestState
from bot.github.snapshot import open_pulls
from bot.report.publication import CheckOutput
from bot.review.values import Verdict
from bot.store import PullKey, PullRecord, Store

HOLDING = frozenset({Verdict.HELD, Verdict.FAILED})


@dataclass(frozen=True, slots=True)
class Companions:
    """The other pull requests with the head of one. known: their verdicts in the store when it was asked, also of
    those that are closed by now. held: those that are open and hold. unknown: open ones that the store does not know.
    """

    known: Mapping[int, str] = field(default_factory=dict)
    held: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()

    def worst(self, check: CheckOutput) -> CheckOutput:
        """`check`, or, when that would release a companion that is held, one that says so."""
        if not self.held or check.conclusion == "failure":
            return check
        names = " and ".join(f"#{number}" for number in self.held)
        is_or_are = "is" if len(self.held) == 1 else "are"
        why = (
            f"{names} {is_or_are} held and at the very same commit. GitHub shows the checks of a commit on every pull "
            f"request that it is the head of, so this one waits with {'it' if len(self.held) == 1 else 'them'}. "
            "Another commit on this branch (an empty one will do) parts them."
        )
        title = f"Held by {names}, at the same commit. Of its own: {check.title}"
        return replace(check, conclusion="failure", title=title[:255], summary=f"{why}\n\n{check.summary}")


async def companions(store: Store, client: Client, state: PullRequestState) -> Companions:
    """Costs no call, except where there are signs of another pull request with this head: then it is looked for."""
    key = PullKey(state.repository_id, state.number)
    known = await store.with_head(key, state.head_sha)
    shown = {number: run for run in state.checks if (number := number_of(run.external_id, state.repository_id))}
    shown.pop(state.number, None)
    if not known and not shown:
        return Companions()
    pulls = await open_pulls(client, state.repository)
    present = {pull.number for pull in pulls if pull.head_sha == state.head_sha} - {state.number}
    held = {number for number in present if known.get(number) in HOLDING}
    unknown = present - known.keys()
    held |= {number for number in unknown if number in shown and shown[number].conclusion != "success"}
    return Companions(known, tuple(sorted(held)), tuple(sorted(unknown)))


async def tell_companions(
    store: Store,
    wake: Callable[[str], None],
    key: PullKey,
    state: PullRequestState,
    before: PullRecord | None,
    verdict: Verdict,
    considered: Companions,
    now: datetime,
) -> None:
    """After publishing: has looked at again whoever may show too much or too little because of it, which is this very
    pull request when a companion was published at the same time.
    """
    present = await store.with_head(key, state.head_sha)
    to_tell = set(considered.unknown)
    judged = (state.head_sha, verdict.value, state.base_ref)
    if before is None or (before.head_sha, before.verdict, before.base_ref) != judged:
        to_tell |= present.keys()
    if before is not None and before.head_sha and before.head_sha != state.head_sha:
        to_tell |= (await store.with_head(key, before.head_sha)).keys()
    if present != considered.known:
        to_tell.add(state.number)
    await tell(store, wake, key, state.repository, to_tell, now)


async def tell(
    store: Store, wake: Callable[[str], None], key: PullKey, repository: str, numbers: Collection[int], now: datetime
) -> None:
    """Has pull requests looked at again, because of the one at `key`."""
    for number in sorted(numbers):
        lane = pull_request_lane(repository, number)
        await store.accept(
            f"one-head:{key.repository_id}/{key.number}:{now.isoformat()}/{lane}", "head", [lane], {}, now
        )
        wake(lane)
