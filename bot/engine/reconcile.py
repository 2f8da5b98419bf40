"""One pull request, looked at again: what GitHub shows becomes what follows from the present state, and nothing else.

Idempotent: a second reconcile of the same state writes nothing. Of two heads the newer wins: a reconcile that knows of
a newer one leaves the publishing to the next.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.contracts.document import Document
from bot.engine.comparing import Comparer, compare_all
from bot.engine.gate import is_gated, with_default_consumers
from bot.engine.lanes import Later
from bot.engine.one_head import Companions, companions, tell, tell_companions
from bot.github.client import Client
from bot.github.files import GitHubFiles
from bot.github.lanes import pull_request_lane
from bot.github.merge_group import Entry as Landing
from bot.github.people import People
from bot.github.publish import publish
from bot.github.published import Published
from bot.github.pull import PullRequestState
from bot.github.snapshot import Told, compare, look
from bot.github.tags import tags_of
from bot.github.touching import is_worth_asking, touching
from bot.judge.catalogue import Catalogue
from bot.registry.draft import draft
from bot.registry.look import look as look_at_contracts
from bot.registry.model import Registry
from bot.registry.newcomers import with_newcomers
from bot.registry.operations import with_operations
from bot.registry.reading import read_registry, registry_paths
from bot.registry.releases import wants_releases, with_releases
from bot.registry.snapshot import ChangedFile, Snapshot
from bot.report.context import Context
from bot.report.publication import Publication
from bot.report.publishing import publication
from bot.review.assessment import Assessment, assess
from bot.review.authority import updates
from bot.review.decision import asks, decide, failed, handles, next_expiry, published
from bot.review.seal import is_sealed, restored, seal
from bot.review.values import Commit, Decision, Person, PublishedDecision, Roster
from bot.store import Delivery, Entry, PullKey, PullRecord, Store

log = logging.getLogger(__name__)

EXPIRY = "signature-expiry"
"""The timer that has a pull request looked at again when a signature runs out."""

UNSHOWN = "not-everything-shown"
"""The timer that has a pull request looked at again when GitHub refused a part of what was to be shown."""

_SHOWN_AGAIN = (60, 600, 3600)
"""Seconds until the next try. What is refused that often is refused for good."""

_STALE_WAIT = 5.0
_STALE_PATIENCE = timedelta(minutes=2)
"""How long an event is believed more than GitHub's answer. A branch that was rewritten since looks the same as an
answer that is behind, and only time tells them apart.
"""

_CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")


@dataclass(frozen=True, slots=True)
class Bench:
    """What every reconcile works with. `pages`: where GitHub's pages are. `keys`: for the block in the comment, the
    first seals. `now` is the only clock. `wake`: has another lane looked at again.
    """

    app_id: int
    store: Store
    comparer: Comparer
    catalogue: Catalogue
    pages: str
    keys: Sequence[bytes]
    now: Callable[[], datetime]
    wake: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was looked at: the pull request and its contracts, and the registry that judges them (None: there is none,
    or it is broken: then `problems` say how).
    """

    state: PullRequestState
    snapshot: Snapshot
    registry: Registry | None
    newcomers: frozenset[str]
    problems: tuple[str, ...]
    gated: bool


async def reconcile(
    bench: Bench, client: Client, people: People, repository: str, number: int, rows: Sequence[Delivery]
) -> Decision | None:
    """Look, compare, judge, trace, decide, publish. None when the pull request is closed: then nothing is held.

    Raises the client's errors; the lane then is tried again.
    """
    await _write_down_pushes(bench.store, rows, bench.now())
    _pass_on_who_wrote(client, rows)
    state = await look(client, repository, number, app_id=bench.app_id, told=_told(rows), at_base=registry_paths())
    if state.suspect and _is_news(rows, bench.now() - _STALE_PATIENCE):
        raise Later(_STALE_WAIT, "GitHub still shows an older head than its event told of")
    key = PullKey(state.repository_id, state.number)
    record = await bench.store.pull_request(key)
    if state.state != "open":
        if record is not None and record.head_sha:
            await _let_go(bench, record)
        return None
    seen = await _see(bench, client, state)
    publications = await _publications(bench, key, state, known=record is not None)
    asked_fresh = any(row.event in ("issue_comment", "pull_request_review") for row in rows)
    decision, assessment, roster = await _decide(bench, client, people, seen, publications, fresh=asked_fresh)
    if await _is_outdated(bench.store, repository, number, rows, state.head_sha):
        return decision
    before = Published.from_json(record.published) if record is not None and record.published else Published()
    offer = await _draft(client, seen, assessment)
    others = await companions(bench.store, client, state)

    async def show(previous: Published) -> Published:
        context = _context(bench, seen, decision, roster, previous, offer)
        return await publish(
            client,
            state,
            _for_its_state(publication(decision, seen.registry, context), state, others),
            previous,
            app_id=bench.app_id,
            answers=decision.answers,
            is_ours=lambda body: is_sealed(body, _subject(key), bench.keys),
        )

    shown = await show(before)
    if shown.refused - before.refused:
        shown = await show(shown)  # who cannot be requested as a reviewer is mentioned instead
    if shown.superseded:
        return decision
    for problem in shown.problems:
        log.warning("not everything could be shown: %s", problem, extra={"repository": repository, "number": number})
    await _write_down(bench, key, state, decision, shown)
    await _show_again_later(bench, state, rows, shown)
    await tell_companions(bench.store, bench.wake, key, state, record, decision.verdict, others, bench.now())
    return decision


async def judge_landing(
    bench: Bench, client: Client, people: People, repository: str, entry: Landing
) -> tuple[Decision, Registry | None]:
    """The decision on a pull request of a merge queue, for what it does to the base that it really lands on; with the
    registry there. Nothing is published.
    """
    state = await look(client, repository, entry.number, app_id=bench.app_id)
    landing = await compare(client, repository, entry.before, entry.after)
    files = landing.files
    if not landing.complete:  # beyond what a comparison lists, what the pull request itself changes is known
        files = tuple({file.path: file for file in (*state.files, *landing.files)}.values())
    landed = replace(
        state,
        base_sha=entry.before,
        merge_base_sha=entry.before,
        head_sha=entry.after,
        files=files,
        incomplete=() if landing.complete else state.incomplete,
    )
    key = PullKey(state.repository_id, state.number)
    record = await bench.store.pull_request(key)
    publications = await _publications(bench, key, state, known=record is not None)
    seen = await _see(bench, client, landed)
    decision, _, _ = await _decide(bench, client, people, seen, publications, fresh=True)
    return decision, seen.registry


def _for_its_state(publication: Publication, state: PullRequestState, others: Companions) -> Publication:
    """Of several pull requests with one head the worst verdict shows. For a draft nobody is asked to review yet."""
    shown = replace(publication, check=others.worst(publication.check))
    return replace(shown, review_users=(), review_teams=()) if state.draft else shown


async def _let_go(bench: Bench, record: PullRecord) -> None:
    """A closed pull request holds no other one any more."""
    await bench.store.record_publication(replace(record, head_sha=""), None, [], bench.now())
    numbers = await bench.store.with_head(record.key, record.head_sha)
    await tell(bench.store, bench.wake, record.key, record.repository, numbers, bench.now())


async def _show_again_later(bench: Bench, state: PullRequestState, rows: Sequence[Delivery], shown: Published) -> None:
    """What GitHub refused once it may take the next time; a locked conversation says itself when it is unlocked."""
    lane = pull_request_lane(state.repository, state.number)
    tried = max((row.facts["tries"] for row in rows if row.facts.get("kind") == UNSHOWN), default=0)
    if shown.problems and not state.locked and tried < len(_SHOWN_AGAIN):
        due = bench.now() + timedelta(seconds=_SHOWN_AGAIN[tried])
        await bench.store.set_timer(lane, UNSHOWN, due, {"tries": tried + 1})
    else:
        await bench.store.cancel_timer(lane, UNSHOWN)


async def _see(bench: Bench, client: Client, state: PullRequestState) -> _Seen:
    files = GitHubFiles(client, state.repository)
    snapshot = await look_at_contracts(
        files,
        base_sha=state.base_sha,
        merge_base_sha=state.merge_base_sha or state.base_sha,
        head_sha=state.head_sha,
        changed=state.files,
        parser=bench.comparer,
        incomplete=state.incomplete,
    )
    reading = read_registry(snapshot.registry)
    problems = tuple(str(problem) for problem in reading.errors)
    registry = await with_default_consumers(client, state, reading.registry)
    gated = bool(problems) or await is_gated(client, state, registry)
    registry, newcomers = with_newcomers(registry, snapshot)
    if wants_releases(registry, snapshot):
        tags = await tags_of(client, state.repository)
        snapshot = await with_releases(snapshot, registry, tags, files, bench.comparer)
    if registry is not None:
        registry = await with_operations(registry, snapshot, files, bench.comparer)
    return _Seen(state, snapshot, registry, newcomers, problems, gated)


async def _decide(
    bench: Bench,
    client: Client,
    people: People,
    seen: _Seen,
    publications: Sequence[PublishedDecision],
    *,
    fresh: bool,
) -> tuple[Decision, Assessment | None, Roster]:
    if seen.problems:
        return failed(seen.problems), None, Roster()
    today = bench.now().date()
    compared = await compare_all(seen.snapshot, seen.registry, bench.comparer, today)
    # In a thread: thousands of findings, or a registry edited throughout, must not hold up other pull requests.
    assessment = await asyncio.to_thread(assess, seen.snapshot, compared, seen.registry, bench.catalogue, today)
    state = seen.state
    commits = state.commits
    wanted = handles(assessment.impacts, seen.registry, publications) if seen.gated else frozenset[str]()
    roster = await people.roster(state.repository, wanted, fresh=fresh) if wanted else Roster()
    if is_worth_asking(commits, roster, state.author):
        commits = await touching(client, state.repository, commits, _paths(seen.snapshot))
    pushers = await _pushers(bench.store, PullKey(state.repository_id, state.number), commits)

    def decided(by: Roster) -> Decision:
        return decide(
            impacts=assessment.impacts,
            registry=seen.registry,
            comments=state.comments,
            publications=publications,
            roster=by,
            author=state.author,
            commits=commits,
            gated=seen.gated,
            now=bench.now(),
            pushers=pushers,
            newcomers=seen.newcomers,
            not_checked=assessment.not_checked,
            faults=assessment.faults,
        )

    decision = decided(roster)
    if any(requirement.blocking and not requirement.people for requirement in decision.requirements):
        # Nobody is left who may sign: the repository's administrators are the last resort (hard case 3).
        roster = replace(roster, admins=await people.admins(state.repository, fresh=fresh))
        decision = decided(roster)
    return decision, assessment, roster


def _context(
    bench: Bench,
    seen: _Seen,
    decision: Decision,
    roster: Roster,
    before: Published,
    offer: str | None,
) -> Context:
    state = seen.state
    subject = _subject(PullKey(state.repository_id, state.number))
    organisation = state.repository.split("/", 1)[0]
    whom = asks(decision, roster, organisation)
    refused = {f"@{user}" for user in before.refused_users}
    refused |= {f"@{organisation}/{team}" for team in before.refused_teams}
    waiting = {handle for r in decision.requirements if r.signature is None for handle in r.signers}
    mentions = dict.fromkeys((*whom.mentions, *sorted(handle for handle in waiting if handle.lower() in refused)))
    whom = replace(whom, mentions=tuple(mentions))
    return Context(
        repository=state.repository,
        head_sha=state.head_sha,
        base_sha=state.merge_base_sha or state.base_sha,
        url=bench.pages,
        draft=offer,
        asks=whom,
        marker=seal(decision, subject, bench.keys[0]),
        commented=any(is_sealed(own.body, subject, bench.keys) for own in state.own_comments),
    )


async def _draft(client: Client, seen: _Seen, assessment: Assessment | None) -> str | None:
    """A registry to begin with, when the change touches contracts that no registry knows."""
    known = {contract.id for contract in seen.registry.contracts} if seen.registry else set()
    loose = [
        (path, sides.format)
        for sides in seen.snapshot.contracts
        if sides.contract not in known and (path := sides.head.entrypoint)
    ]
    if assessment is None or not loose:
        return None
    found = await GitHubFiles(client, seen.state.repository).read([(seen.state.base_sha, p) for p in _CODEOWNERS])
    texts = [document.data.decode("utf-8", "replace") for document in found.values() if isinstance(document, Document)]
    return draft(loose, texts[0] if texts else None)


async def _publications(
    bench: Bench, key: PullKey, state: PullRequestState, *, known: bool
) -> tuple[PublishedDecision, ...]:
    """What people could see so far: from the store, or, if it knows nothing, from the block in our comment."""
    stored = await bench.store.publications(key)
    if stored or known:
        return stored
    subject = _subject(key)
    found = {p.digest: p for own in state.own_comments for p in restored(own.body, subject, bench.keys)}
    record = PullRecord(key, state.repository)
    for one in found.values():
        entry = Entry("restored", f"{state.repository}#{state.number}", {"comment": one.digest})
        await bench.store.record_publication(record, one, [entry], bench.now())
    return tuple(found.values())


async def _write_down(
    bench: Bench, key: PullKey, state: PullRequestState, decision: Decision, shown: Published
) -> None:
    now = bench.now()
    record = PullRecord(
        key,
        state.repository,
        base_ref=state.base_ref,
        head_sha=state.head_sha,
        verdict=decision.verdict.value,
        decision_digest=decision.digest,
        published=shown.to_json(),
    )
    at = shown.comment.updated_at if shown.comment and shown.readable else None
    visible = published(decision, at, state.head_sha) if at is not None else None
    await bench.store.record_publication(record, visible, [_entry(state, decision)], now)
    expiry = next_expiry(decision)
    lane = pull_request_lane(state.repository, state.number)
    if expiry is not None:
        await bench.store.set_timer(lane, EXPIRY, expiry)
    else:
        await bench.store.cancel_timer(lane, EXPIRY)


def _entry(state: PullRequestState, decision: Decision) -> Entry:
    """A decision in the ledger: what was asked, who had signed what, for which head."""
    requirements = [
        {
            "contract": requirement.contract,
            "finding": requirement.finding,
            "fingerprint": requirement.fingerprint,
            "capacity": str(requirement.capacity),
            "blocking": requirement.blocking,
            "state": requirement.state.value,
            "signatures": [
                {"id": s.person.id, "login": s.person.login, "at": s.signed_at.isoformat(), "comment": s.comment_url}
                for s in requirement.signatures
            ],
        }
        for requirement in decision.requirements
    ]
    body: Mapping[str, Any] = {
        "digest": decision.digest,
        "verdict": decision.verdict.value,
        "head": state.head_sha,
        "base": state.base_sha,
        "requirements": requirements,
    }
    return Entry("decision", f"{state.repository}#{state.number}", body)


async def _write_down_pushes(store: Store, rows: Sequence[Delivery], now: datetime) -> None:
    """Whoever pushed may not sign; only the event says who it was."""
    for row in rows:
        facts = row.facts
        pushed = row.event == "pull_request" and facts.get("action") in ("opened", "synchronize", "reopened")
        sender = facts.get("sender")
        if pushed and sender and facts.get("head_sha") and facts.get("action") != "reopened":
            key = PullKey(facts["repository_id"], facts["number"])
            person = Person(sender["id"], sender["login"], sender["bot"])
            await store.record_push(key, facts["head_sha"], person, now)


async def _pushers(store: Store, key: PullKey, commits: Sequence[Commit]) -> tuple[Person, ...]:
    """Whoever pushed. Who pressed "Update branch" did not, and it is forgotten while the merge is still to be seen."""
    pushes = await store.pushers(key)
    pressed = updates(pushes, commits)
    if pressed:
        await store.forget_pushes(key, pressed)
    return tuple(person for head, person in pushes.items() if head not in pressed)


def _pass_on_who_wrote(client: Client, rows: Sequence[Delivery]) -> None:
    """Whether an app wrote a comment in its author's name: the event said so, so GitHub need not be asked."""
    for row in rows:
        comment = row.facts.get("comment")
        if comment and comment.get("id") is not None and "via_app" in comment:
            client.memory.written_by_app[comment["id"]] = comment["via_app"]


def _told(rows: Sequence[Delivery]) -> Told | None:
    """The newest head that an event spoke of, and the ones it replaced; events may have come out of order."""
    heads = [row.facts for row in rows if row.event == "pull_request" and row.facts.get("head_sha")]
    if not heads:
        return None
    past = {str(facts["before"]) for facts in heads if facts.get("before")}
    newest = next((facts for facts in reversed(heads) if facts["head_sha"] not in past), heads[-1])
    head_sha = str(newest["head_sha"])
    return Told(head_sha, frozenset(past - {head_sha}), newest.get("base_ref"))


def _is_news(rows: Sequence[Delivery], since: datetime) -> bool:
    return any(row.received_at > since for row in rows if row.event == "pull_request")


async def _is_outdated(store: Store, repository: str, number: int, rows: Sequence[Delivery], head_sha: str) -> bool:
    """Whether an event came in meanwhile that speaks of another head: its own reconcile follows at once."""
    known = {row.id for row in rows}
    waiting = await store.pending(pull_request_lane(repository, number))
    heads = [row.facts.get("head_sha") for row in waiting if row.id not in known and row.event == "pull_request"]
    return any(head and head != head_sha for head in heads)


def _paths(snapshot: Snapshot) -> frozenset[str]:
    """The contract files and registry files that the change touches: whoever changed those may not sign."""
    parts = {path for sides in snapshot.contracts for side in (sides.base, sides.head) for path in side.documents}
    parts |= {path for sides in snapshot.contracts for side in (sides.base, sides.head) for path in side.unreadable}
    parts |= {*registry_paths(), *snapshot.registry}
    if (edit := snapshot.registry_edit) is not None:
        parts |= {*edit.before, *edit.after}
    return frozenset(path for file in snapshot.files for path in _both(file) if path in parts)


def _both(file: ChangedFile) -> tuple[str, ...]:
    return (file.path,) if file.previous_path is None else (file.path, file.previous_path)


def _subject(key: PullKey) -> str:
    return f"{key.repository_id}/{key.number}"
