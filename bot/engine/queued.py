"""A pull request that waits in a merge queue: the queue goes by the check on the group's head alone, so that has to be
looked at again when something begins to hold the pull request.
"""

from __future__ import annotations

import logging

from bot.engine.bench import Bench
from bot.engine.one_head import HOLDING
from bot.github.client import Client
from bot.github.errors import Refused
from bot.github.lanes import group_lane
from bot.github.merge_group import groups_onto
from bot.github.pull import PullRequestState
from bot.review.values import Verdict
from bot.store import PullRecord

log = logging.getLogger(__name__)


async def tell_groups(
    bench: Bench, client: Client, state: PullRequestState, before: PullRecord | None, verdict: Verdict
) -> None:
    """Has the groups onto its base judged again when a pull request was released and is so no more. One call, then;
    none otherwise.

    before: as it was last written down; to be called before that is done anew, so that what failed is tried again.
    Raises the client's errors, but for what GitHub refuses for good.
    """
    was_released = before is not None and before.verdict and before.verdict not in HOLDING
    if not was_released or verdict not in HOLDING:
        return
    try:
        groups = await groups_onto(client, state.repository, state.base_ref)
    except Refused as error:
        log.warning("merge groups can't be listed: %s", error, extra={"repository": state.repository})
        return
    now = bench.now()
    for head_ref, head_sha in groups.items():
        lane = group_lane(state.repository, head_sha)
        facts = {"head_ref": head_ref, "base_sha": state.base_sha}
        await bench.store.accept(f"held/{now.isoformat()}/{state.number}/{lane}", "merge_group", [lane], facts, now)
        bench.wake(lane)
