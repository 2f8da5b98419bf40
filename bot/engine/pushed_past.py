"""A push straight to a gated branch, past every pull request: looked at some minutes later, written down, reported.

What merged pull requests brought is theirs, and judged when they are closed. What else is new on the branch is judged
like a pull request that nobody signed, by the registry that stood there before.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot import __version__
from bot.contracts.document import Document
from bot.engine.arrivals import looks_like_a_contract, may_touch_contracts
from bot.engine.bench import Bench
from bot.engine.bypass import BYPASS, REPORTED, lacking
from bot.engine.comparing import read_elsewhere
from bot.engine.gate import is_protected
from bot.engine.one_head import HOLDING
from bot.github.client import Client
from bot.github.errors import Forbidden, NotFound
from bot.github.files import CommitMissing, GitHubFiles
from bot.github.issues import open_once
from bot.github.lanes import Lane, pushed_lane
from bot.github.pull import PullRequestState, moment
from bot.github.pushed import Run, files_between, past_pull_requests
from bot.github.webhooks import sender_in
from bot.registry import globs
from bot.registry.graph.graph import Graph
from bot.registry.graph.half import Half
from bot.registry.model import Registry
from bot.registry.reading import registry_paths
from bot.registry.snapshot import ChangedFile
from bot.report import notices
from bot.report.safety import address
from bot.review.people import Person
from bot.review.stamp import Stamp
from bot.review.values import Decision
from bot.store import Delivery, Entry

log = logging.getLogger(__name__)

LOOK_AFTER = timedelta(minutes=5)
"""How long after a push it is looked at. GitHub tells some time after a merge which pull request brought a commit:
tens of seconds (apache/texera#4620); others wait for up to two and a half minutes (shuntaka9576/agentoast#188).
"""

_PUSHED = "pushed"
"""What the names of the timers begin with: one for each push."""
_NO_COMMIT = "0" * 40
_NO_PULL_REQUEST = -1
_NOT_LISTED = "GitHub does not list all files that were pushed: what the others change was not seen."


class Judge(Protocol):
    """`bot.engine.judging.judge_push`, at hand."""

    async def __call__(self, *, pushed: PullRequestState, at: datetime) -> tuple[Decision, Registry | None]: ...


@dataclass(frozen=True, slots=True)
class _Push:
    """A branch that was moved. paths: those that it touched, None when they are not all known."""

    repository: str
    repository_id: int
    branch: str
    default_branch: str | None
    before: str
    after: str
    by: Person | None
    at: datetime
    paths: tuple[str, ...] | None

    @classmethod
    def of(cls, lane: Lane, facts: dict[str, Any]) -> _Push:
        paths = facts.get("paths")
        return cls(
            lane.repository,
            int(facts["repository_id"]),
            lane.what,
            facts.get("default_branch"),
            str(facts["before"]),
            str(facts["after"]),
            sender_in(facts),
            moment(str(facts["at"])),
            tuple(paths) if paths is not None else None,
        )


def is_worth_a_look(row: Delivery, half: Half | None) -> bool:
    """Whether a branch was moved, by what may have touched a contract or the registry. A new one has no past; and
    where nothing is known of the repository yet, names have to do.
    """
    facts = row.facts
    known = facts.get("repository_id") and facts.get("before") and facts.get("after")
    moved = known and _NO_COMMIT not in (facts["before"], facts["after"]) and facts["before"] != facts["after"]
    if row.event != "push" or not moved:
        return False
    paths = facts.get("paths")
    if half is None and paths is not None:
        return looks_like_a_contract(paths)
    return may_touch_contracts(paths, half)


def may_be_gated(lane: Lane, graph: Graph | None) -> bool:
    """As far as the registry of the default branch tells: where it names no branches, every protected one is. In doubt
    it may.
    """
    half = graph.names.half(lane.repository) if graph is not None else None
    if half is None or half.registry is None:
        return graph is None
    return not half.registry.branches or globs.matches_any(half.registry.branches, lane.what)


async def look_later(bench: Bench, lane: Lane, pushes: Sequence[Delivery]) -> None:
    """Has each of the pushes looked at when GitHub can tell where its commits come from."""
    kept = ("installation", "repository_id", "before", "after", "default_branch", "sender", "paths")
    for row in pushes:
        facts = {key: row.facts.get(key) for key in kept} | {
            "at": row.facts.get("pushed_at") or row.received_at.isoformat()
        }
        kind = f"{_PUSHED}/{facts['before']}/{facts['after']}"
        await bench.store.set_timer(pushed_lane(lane.repository, lane.what), kind, bench.now() + LOOK_AFTER, facts)


async def check_pushes(bench: Bench, client: Client, lane: Lane, rows: Sequence[Delivery], judge: Judge) -> None:
    """What is to be done about pushes to a branch. Repeating it writes nothing a second time.

    Raises the client's errors: then it is tried again.
    """
    for row in rows:
        push = _Push.of(lane, dict(row.facts))
        try:
            if await _is_gated(client, push):
                for run in await past_pull_requests(client, push.repository, push.branch, push.before, push.after):
                    await _check(bench, client, push, run, judge)
        except CommitMissing as error:  # a history that was cut off and cleared away tells nothing any more
            log.warning("what was pushed can't be seen: %s", error, extra={"repository": push.repository})


async def _is_gated(client: Client, push: _Push) -> bool:
    """What can be told before anything is compared: most branches are gated nowhere. In doubt it is."""
    if push.branch == push.default_branch:
        return True
    protected = await is_protected(client, push.repository, push.branch)
    if protected is None:
        return False  # it is gone by now
    found = await GitHubFiles(client, push.repository).read([(push.before, path) for path in registry_paths()])
    documents = {path: content for (_, path), content in found.items() if isinstance(content, Document)}
    if len(documents) < len(found):
        return True
    reading = await read_elsewhere(documents)
    if reading.registry is None:
        return bool(reading.errors)
    return globs.matches_any(reading.registry.branches, push.branch) if reading.registry.branches else protected


async def _check(bench: Bench, client: Client, push: _Push, run: Run, judge: Judge) -> None:
    if await _is_written(bench, push, run, REPORTED):
        return
    decision, registry = await judge(pushed=await _state(client, push, run), at=push.at)
    if decision.verdict not in HOLDING:
        return
    if not await _is_written(bench, push, run, BYPASS):
        actor = push.by.account if push.by else None
        told = {"actor": actor, "at": push.at.isoformat(), "commits": list(run.commits), **lacking(decision)}
        await bench.store.append([_entry(BYPASS, push, run, told)], bench.now())
    url = await _report(bench, client, push, run, notices.pushed_past(decision, registry, _shown(bench, push, run)))
    await bench.store.append([_entry(REPORTED, push, run, {"issue": url})], bench.now())
    log.warning("pushed without signatures", extra={"repository": push.repository, "branch": push.branch})


async def _is_written(bench: Bench, push: _Push, run: Run, kind: str) -> bool:
    rows = await bench.store.entries(push.repository, kind)
    return any(row.body.get("merge_sha") == run.after and row.body.get("branch") == push.branch for row in rows)


def _entry(kind: str, push: _Push, run: Run, body: dict[str, Any]) -> Entry:
    known = {
        "repository_id": push.repository_id,
        "tool_version": __version__,
        "head_sha": run.after,
        "registry_sha": run.before,
        "merge_sha": run.after,
        "branch": push.branch,
    }
    return Entry(kind, push.repository, {**known, **body})


async def _state(client: Client, push: _Push, run: Run) -> PullRequestState:
    """What was pushed as a pull request would show it. Who pushed it is its author."""
    files, complete = await files_between(client, push.repository, run.before, run.after)
    if not complete and push.paths is not None:
        listed = {file.path for file in files}
        files += tuple(ChangedFile(path, "modified") for path in push.paths if path not in listed)
    nothing: frozenset[str] = frozenset()
    return PullRequestState(
        repository=push.repository,
        repository_id=push.repository_id,
        default_branch=push.default_branch,
        number=_NO_PULL_REQUEST,
        title="",
        author=push.by,
        state="open",
        draft=False,
        locked=False,
        base_ref=push.branch,
        base_sha=run.before,
        head_sha=run.after,
        merge_base_sha=run.before,
        files=files,
        commits=(),
        comments=(),
        own_comments=(),
        labels=nothing,
        known_labels=nothing,
        requested_users=nothing,
        requested_teams=nothing,
        reviewers=nothing,
        checks=(),
        incomplete=() if complete or push.paths is not None else (_NOT_LISTED,),
        texts=run.messages,
    )


def _shown(bench: Bench, push: _Push, run: Run) -> notices.Pushed:
    url = address(f"{bench.pages}/{push.repository}", "compare", f"{run.before}...{run.after}")
    return notices.Pushed(push.branch, run.after, len(run.commits), url, push.by, push.at)


async def _report(bench: Bench, client: Client, push: _Push, run: Run, issue: notices.Issue) -> str | None:
    """The issue's address; None where none can be opened: then the records alone tell of it."""
    ours = Stamp(f"{push.repository_id}/{push.branch}", bench.keys)
    try:
        marks = ours.marks(BYPASS, f"push/{run.after}")
        opened = await open_once(client, push.repository, issue.title, issue.body, marks, push.at)
    except (NotFound, Forbidden) as error:
        log.warning("a push past the check could not be reported: %s", error, extra={"repository": push.repository})
        return None
    return opened.url
