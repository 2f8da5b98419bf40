"""Why a pull request stands as it does, with the age of everything that is believed about it.

Kept when the decision is shown, and read when somebody asks: so it says what GitHub shows, costs GitHub nothing, and
nobody can make us look at a pull request by asking.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot import __version__
from bot.github.published import Published
from bot.github.pull import PullRequestState
from bot.registry.asking.proof import proof
from bot.registry.graph.graph import Graph
from bot.registry.graph.half import Half
from bot.registry.impact import Reach
from bot.registry.model import Consumer, Registry
from bot.report.explained import Fact, to_plain
from bot.report.explanation import Looked, explanation
from bot.report.names import Names
from bot.report.publication import CheckOutput
from bot.review.people import Person, Roster
from bot.review.values import Decision
from bot.store import Explained, PrivateName

_READ_DAILY = timedelta(days=2)
"""Each half is read again at least once a day; one that is older than this was not."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a decision rests on. registry: as it judged; None when there is none, or when it is broken. graph: None when
    nobody had to be asked for it. pages: where GitHub's pages are.
    """

    state: PullRequestState
    registry: Registry | None
    roster: Roster
    graph: Graph | None
    pages: str
    now: datetime


def explain(decision: Decision, grounds: Grounds, check: CheckOutput, shown: Published) -> Explained:
    """check, shown: what GitHub was made to show."""
    state = grounds.state
    looked = Looked(
        repository=state.repository,
        number=state.number,
        url=f"{grounds.pages}/{state.repository}/pull/{state.number}",
        at=grounds.now,
        tool_version=__version__,
        base_ref=state.base_ref,
        head_sha=state.head_sha,
        registry_sha=state.base_sha,
        merge_base_sha=state.merge_base_sha,
        draft=state.draft,
        comment=shown.comment.url if shown.comment else None,
        facts=tuple(_facts(decision, grounds)),
        is_readable=shown.readable,
        logins={person.id: person.login for person in _people(grounds)},
    )
    return Explained(to_plain(explanation(decision, grounds.registry, check, looked)), tuple(_private(grounds)))


def _people(grounds: Grounds) -> Iterator[Person]:
    """Everybody whose name is at hand."""
    state = grounds.state
    named = [state.author, *(comment.author for comment in state.comments)]
    named += [person for commit in state.commits for person in commit.people]
    yield from (person for person in named if person is not None)
    for members in (*grounds.roster.members.values(), grounds.roster.admins):
        yield from members or ()


def _facts(decision: Decision, grounds: Grounds) -> Iterator[Fact]:
    state, roster = grounds.state, grounds.roster
    yield Fact("registry", state.repository, grounds.now, commit=state.base_sha, note=f"at the tip of {state.base_ref}")
    if grounds.registry is not None:
        reached = _reached(decision, grounds.registry)
        yield from _halves(reached, grounds)
        unnamed = _speak_for_private(grounds.registry)
        for handle in sorted(roster.asked_at):
            people = roster.members.get(handle)
            note = "" if people is not None else "not known to GitHub, or not shown to the App"
            if handle.lower() in unnamed:
                yield Fact("members", unnamed[handle.lower()], roster.asked_at[handle])
            else:
                yield Fact("members", handle, roster.asked_at[handle], count=len(people or ()), note=note)
        yield from _evidence(reached, decision, grounds)


def _speak_for_private(registry: Registry) -> dict[str, str]:
    """Handles, in lower case, that nobody would know but for a private consumer, with the name that stands for it."""
    names = Names(registry)
    shown = {consumer.owner for consumer in registry.consumers if not names.is_private(consumer.id)}
    for contract in registry.contracts:
        shown |= {contract.owner, contract.decision_owner, contract.verification_owner}
    known = {handle.lower() for handle in shown if handle}
    return {
        consumer.owner.lower(): names.consumer(consumer.id)
        for consumer in registry.consumers
        if names.is_private(consumer.id) and consumer.owner and consumer.owner.lower() not in known
    }


def _reached(decision: Decision, registry: Registry) -> tuple[Consumer, ...]:
    """The consumers whom the decision is about."""
    ids = {
        one.consumer for found in decision.findings for one in found.impact.consumers if one.reach is not Reach.NOT
    } | {consumer for requirement in decision.requirements for consumer in requirement.capacity.consumers}
    return tuple(consumer for consumer in registry.consumers if consumer.id in ids)


def _halves(reached: tuple[Consumer, ...], grounds: Grounds) -> Iterator[Fact]:
    """Of a private consumer, not where it is read."""
    if grounds.graph is None or grounds.registry is None:
        return
    names = Names(grounds.registry)
    own = grounds.graph.names.half(grounds.state.repository)
    if own is not None:
        yield _half(own, own.repository, grounds.now)
    for consumer in reached:
        half = _half_of(consumer, grounds)
        if half is None or half is own:
            continue
        fact = _half(half, names.consumer(consumer.id), grounds.now)
        yield Fact("half", fact.about, fact.at, stale=fact.stale) if names.is_private(consumer.id) else fact


def _half(half: Half, about: str, now: datetime) -> Fact:
    is_old = half.refreshed_at is not None and now - half.refreshed_at > _READ_DAILY
    note = "cannot be read any more; the last one that could be goes on counting" if half.stale else ""
    return Fact("half", about, half.refreshed_at, commit=half.commit or None, note=note, stale=half.stale or is_old)


def _half_of(consumer: Consumer, grounds: Grounds) -> Half | None:
    word = grounds.registry.own_words.get(consumer.id) if grounds.registry else None
    repository = word.repository if word else consumer.repo
    return grounds.graph.names.half(repository) if grounds.graph and repository else None


def _evidence(reached: tuple[Consumer, ...], decision: Decision, grounds: Grounds) -> Iterator[Fact]:
    if grounds.registry is None:
        return
    names = Names(grounds.registry)
    contracts = {one.id: one for one in grounds.registry.contracts}
    touched = {found.impact.finding.contract for found in decision.findings}
    for consumer in reached:
        about = names.consumer(consumer.id)
        proofs = {
            (use.contract, proof(use, contracts[use.contract], grounds.now.date())): None
            for use in consumer.uses
            if use.contract in touched and use.contract in contracts
        }
        for contract, found in proofs:
            what = found.kind if names.is_private(consumer.id) else f"{found.kind} {found.ref}".strip()
            seen = date.fromisoformat(found.seen) if found.seen else None
            yield Fact("evidence", about, seen=seen, note=f"{contract}: {what}", stale=found.state == "stale")


def _private(grounds: Grounds) -> Iterator[PrivateName]:
    """Who may be told the name of a private consumer: whoever can read its repository."""
    if grounds.registry is None:
        return
    private = Names(grounds.registry).private
    for consumer in grounds.registry.consumers:
        if consumer.id in private:
            half = _half_of(consumer, grounds)
            repository = half.repository if half else consumer.repo or ""
            yield PrivateName(consumer.id, private[consumer.id], repository)
