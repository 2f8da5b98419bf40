"""What the events of a lane's turn tell, besides that it is time to look again."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from bot.github.client import Client
from bot.github.lanes import pull_request_lane
from bot.github.snapshot import Told
from bot.github.webhooks import sender_in
from bot.registry.graph.half import Half
from bot.registry.graph.news import may_matter
from bot.review.authority import updates
from bot.review.people import Commit, Person
from bot.store import BEFORE_ANY, Delivery, PullKey, Store

_CONTRACT_LIKE = re.compile(r"\.(ya?ml|json|proto|graphqls?|gql|avsc|avdl|avpr|sql)$", re.IGNORECASE)


async def write_down_pushes(store: Store, rows: Sequence[Delivery], now: datetime) -> None:
    """Whoever pushed may not sign; only the event says who it was."""
    for row in rows:
        facts = row.facts
        pushed = row.event == "pull_request" and facts.get("action") in ("opened", "synchronize")
        person = sender_in(facts)
        if pushed and person and facts.get("head_sha"):
            key = PullKey(facts["repository_id"], facts["number"])
            await store.record_push(key, facts["head_sha"], person, now)


async def write_down_branch_pushes(store: Store, rows: Sequence[Delivery], half: Half | None, now: datetime) -> None:
    """Who pushed a branch that may become a pull request: the event of its opening names only who opens it. half: what
    the repository says of itself, as far as that is known.
    """
    for row in rows:
        facts = row.facts
        person = sender_in(facts)
        if row.event == "push" and person and facts.get("after") and may_touch_contracts(facts.get("paths"), half):
            await store.record_push(PullKey(facts["repository_id"], BEFORE_ANY), facts["after"], person, now)


def may_touch_contracts(paths: Collection[str] | None, half: Half | None) -> bool:
    """Whether a push may have touched a contract or the registry. Unknown paths (None) may be any, and any path may be
    where it is not known what the repository says of itself (`half`): a registry may name what looks like no contract.
    """
    if paths is None or half is None:
        return True
    return looks_like_a_contract(paths) or any(may_matter(half, path) for path in paths)


def looks_like_a_contract(paths: Collection[str]) -> bool:
    return any(_CONTRACT_LIKE.search(path) for path in paths)


async def pushers(store: Store, key: PullKey, commits: Sequence[Commit]) -> tuple[Person, ...]:
    """Whoever pushed. Who pressed "Update branch" did not, and it is forgotten while the merge is still to be seen. Of
    what was pushed before there was a pull request the first counts: others may have it on branches of their own.
    """
    before = await store.pushers(PullKey(key.repository_id, BEFORE_ANY), [commit.sha for commit in commits])
    earlier = {head: people[:1] for head, people in before.items()}
    pushes = await store.pushers(key)
    pressed = updates({**earlier, **pushes}, commits)
    if pressed:
        await store.forget_pushes(key, pressed)
    by_head = (*earlier.items(), *pushes.items())  # whoever opens one counts as its head's pusher as well
    return tuple(dict.fromkeys(person for head, people in by_head if head not in pressed for person in people))


def pass_on_who_wrote(client: Client, rows: Sequence[Delivery]) -> None:
    """Whether an app wrote a comment in its author's name: the event said so, so GitHub need not be asked."""
    for row in rows:
        comment = row.facts.get("comment")
        if comment and comment.get("id") is not None and "via_app" in comment:
            client.memory.written_by_app[comment["id"]] = comment["via_app"]


def told(rows: Sequence[Delivery]) -> Told | None:
    """The newest head that an event spoke of, and the ones it replaced; events may have come out of order."""
    heads = [row.facts for row in rows if row.event == "pull_request" and row.facts.get("head_sha")]
    if not heads:
        return None
    past = {str(facts["before"]) for facts in heads if facts.get("before")}
    newest = next((facts for facts in reversed(heads) if facts["head_sha"] not in past), heads[-1])
    head_sha = str(newest["head_sha"])
    return Told(head_sha, frozenset(past - {head_sha}), newest.get("base_ref"), newest.get("base_ref"))


def only_approves(rows: Sequence[Delivery]) -> bool:
    """Whether nothing happened but reviews that approve: many do, and few are of a contract."""
    return bool(rows) and all(row.facts.get("merely_approves") for row in rows)


def is_news(rows: Sequence[Delivery], since: datetime) -> bool:
    return any(row.received_at > since for row in rows if row.event == "pull_request")


async def is_outdated(
    store: Store, repository: str, number: int, rows: Sequence[Delivery], head_sha: str, base_ref: str
) -> bool:
    """Whether an event came in meanwhile that speaks of another head or base: its own reconcile follows at once. What
    is right for the base that was looked at must not open the merge box of the one that it goes to by now.
    """
    known = {row.id for row in rows}
    waiting = await store.pending(pull_request_lane(repository, number))
    news = [row.facts for row in waiting if row.id not in known and row.event == "pull_request"]
    return any(
        facts.get("head_sha") not in (None, head_sha) or facts.get("base_ref") not in (None, base_ref) for facts in news
    )
