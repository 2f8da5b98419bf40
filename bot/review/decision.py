"""The decision: what must be signed, what has been, what became of every command. A pure function of present facts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.registry.impact import Impact
from bot.registry.model import Registry
from bot.review import requirements as needed
from bot.review.authority import Authority, had_a_hand
from bot.review.commands import Action, Command, parse
from bot.review.fingerprint import blanked
from bot.review.help import HELP
from bot.review.selection import Known, asked_for, known
from bot.review.signatures import Outcome, Signed, replay
from bot.review.values import (
    Answer,
    AskedFor,
    Asks,
    Comment,
    Commit,
    Decision,
    JudgedFinding,
    Person,
    PublishedDecision,
    Requirement,
    RequirementState,
    Roster,
    Signature,
    SupersededSignature,
    Verdict,
)

_NO_REGISTRY = "Nothing here needs a signature: the contracts that change are not in a registry on the base branch."
_NOT_GATED = "Nothing here needs a signature: this pull request's base branch is not gated, so changes only report."
_CLEAR = "Nothing in this pull request needs a signature."
_ASKED_FOR_HELP = (Action.HELP, Action.HELP_ANYBODY)


def decide(
    *,
    impacts: Iterable[Impact],
    registry: Registry | None,
    comments: Iterable[Comment],
    publications: Iterable[PublishedDecision],
    roster: Roster,
    author: Person | None,
    commits: Iterable[Commit],
    gated: bool,
    now: datetime,
    pushers: Iterable[Person] = (),
    newcomers: Collection[str] = (),
    answered: Collection[str] = (),
    not_checked: Iterable[str] = (),
    faults: Iterable[str] = (),
) -> Decision:
    """Judge one pull request.

    registry: as read from the base branch, None if there is none (then everything only reports).
    comments: conversation comments and review bodies as GitHub holds them now, in any order, our own left out.
    publications: every decision published on this pull request, in any order.
    roster: members of `handles(...)` and of the fallback, asked now. author, pushers, commits: who made the change.
    newcomers: consumers that the pull request itself adds, or whose declaration may not block: asked, not required.
    gated: whether the base branch is one that holds merges. now: with time zone.
    answered: `Answer.key`s of answers given before; the others are `new`.
    """
    rules = registry or Registry()
    excluded = had_a_hand(author, tuple(pushers), tuple(commits))
    authority = Authority(rules, roster, excluded)
    findings = needed.judged(impacts)
    asked = needed.requirements(findings, authority, newcomers) if gated else ()
    knowledge = known(asked, findings, publications)
    signed = replay(comments, knowledge, authority, _nothing_to_sign(findings, registry, gated=gated))
    present = tuple(_with_signatures(requirement, signed, now) for requirement in asked)
    verdict = _verdict(present, gated=gated)
    return Decision(
        verdict=verdict,
        findings=findings,
        requirements=present,
        answers=tuple(
            _answer(outcome, present, answered)
            for outcome in signed.outcomes
            if present or outcome.command.action is not Action.HELP_ANYBODY
        ),
        digest=_digest(verdict, findings, present, signed.withdrawn),
        not_checked=tuple(not_checked),
        faults=tuple(faults),
        excluded=excluded,
        superseded=_superseded(signed, knowledge, present, now),
        withdrawn=signed.withdrawn,
    )


def failed(
    problems: Sequence[str], comments: Iterable[Comment] = (), publications: Iterable[PublishedDecision] = ()
) -> Decision:
    """Nothing could be decided, because the registry on the base branch is broken. Holds the merge.

    comments, publications: as for `decide`. Commands written since the last decision that judged are answered, too: who
    writes one is told why nothing happens. Earlier ones keep the answers they have.
    """
    digest = _hash([Verdict.FAILED.value, list(problems)])
    since = max((one.published_at for one in publications if one.digest != digest), default=None)
    answers = tuple(
        _while_broken(comment, command, problems)
        for comment in sorted(comments, key=lambda c: (c.created_at, c.id, c.kind))
        if since is None or comment.created_at > since
        for command in parse(comment.body)
    )
    return Decision(Verdict.FAILED, (), (), answers, digest, problems=tuple(problems))


def published(decision: Decision, at: datetime, head_sha: str) -> PublishedDecision:
    """What people can see from `at` on: the `updated_at` that GitHub gives the comment, not our own clock."""
    stood_for: dict[str, list[str]] = {finding.id: [] for finding in decision.findings}
    elements = {finding.id: finding.impact.finding.change.element for finding in decision.findings}
    asked: dict[str, AskedFor] = {}
    for requirement in decision.requirements:
        stood_for[requirement.finding].append(requirement.fingerprint)
        asked[requirement.fingerprint] = asked_for(requirement, elements[requirement.finding])
    return PublishedDecision(
        digest=decision.digest,
        published_at=at,
        head_sha=head_sha,
        requirements={id: tuple(fingerprints) for id, fingerprints in stood_for.items()},
        open=tuple(r.fingerprint for r in decision.requirements if r.state is RequirementState.OPEN),
        asked=asked,
        withdrawn=decision.withdrawn,
    )


def handles(
    impacts: Iterable[Impact], registry: Registry | None, publications: Iterable[PublishedDecision] = ()
) -> frozenset[str]:
    """Every handle whose members `decide` may need, besides the organisation's fallback."""
    before = [(a.contract, a.capacity) for published in publications for a in published.asked.values()]
    return needed.handles(impacts, registry, before)


def asks(decision: Decision, roster: Roster, organisation: str | None = None) -> Asks:
    """Whom to ask for the signatures that are still open.

    organisation: the owner of the repository; teams of others can't be requested there, so they are mentioned.
    """
    users: dict[str, None] = {}
    teams: dict[str, None] = {}
    mentions: dict[str, None] = {}
    for requirement in decision.requirements:
        if requirement.state is not RequirementState.OPEN:
            continue
        for handle in requirement.signers:
            owner, slash, team = handle.removeprefix("@").partition("/")
            if not slash:
                users[owner] = None
            elif handle in roster.members and (organisation is None or owner.lower() == organisation.lower()):
                teams[team] = None
            else:
                mentions[handle] = None
    return Asks(tuple(users), tuple(teams), tuple(mentions))


def next_expiry(decision: Decision) -> datetime | None:
    """When the first counted signature runs out: the pull request needs another look then, at the latest."""
    moments = [s.expires_at for r in decision.requirements for s in r.signatures if s.expires_at is not None]
    return min(moments, default=None)


def _nothing_to_sign(findings: Sequence[JudgedFinding], registry: Registry | None, *, gated: bool) -> str:
    if not gated:
        return _NOT_GATED
    known_contracts = {contract.id for contract in registry.contracts} if registry else set()
    if findings and all(finding.impact.finding.contract not in known_contracts for finding in findings):
        return _NO_REGISTRY
    return _CLEAR


def _with_signatures(requirement: Requirement, signed: Signed, now: datetime) -> Requirement:
    counted = tuple(s for s in signed.signatures.get(requirement.fingerprint, ()) if not _is_expired(s, now))
    if len(counted) < requirement.needed:
        return replace(requirement, signatures=counted)
    return replace(requirement, state=RequirementState.APPROVED, signature=counted[0], signatures=counted)


def _is_expired(signature: Signature, now: datetime) -> bool:
    return signature.expires_at is not None and signature.expires_at <= now


def _verdict(requirements: Sequence[Requirement], *, gated: bool) -> Verdict:
    if not gated:
        return Verdict.REPORTED
    blocking = [requirement for requirement in requirements if requirement.blocking]
    if not blocking:
        return Verdict.CLEAR
    if all(requirement.state is RequirementState.APPROVED for requirement in blocking):
        return Verdict.RELEASED
    return Verdict.HELD


def _superseded(
    signed: Signed, knowledge: Known, requirements: Sequence[Requirement], now: datetime
) -> tuple[SupersededSignature, ...]:
    """Signatures given and not taken back that count for nothing now, oldest first."""
    present = {_subject(knowledge.asked[requirement.fingerprint]): requirement.finding for requirement in requirements}
    found: list[SupersededSignature] = []
    for fingerprint, signatures in signed.signatures.items():
        asked = knowledge.asked[fingerprint]
        for signature in signatures:
            if fingerprint in knowledge.present:
                if _is_expired(signature, now):
                    found.append(SupersededSignature(asked.finding, signature, asked.contract, "expired"))
                continue
            replaced_by = present.get(_subject(asked))
            found.append(
                SupersededSignature(
                    asked.finding, signature, asked.contract, "changed" if replaced_by else "gone", replaced_by
                )
            )
    return tuple(sorted(found, key=lambda s: (s.signature.signed_at, s.signature.comment_id, s.finding)))


def _subject(asked: AskedFor) -> tuple[str, str, str]:
    """What a requirement is about, however it changes: the same element of the same contract, for the same capacity."""
    return asked.contract, str(asked.capacity), blanked(asked.element)


def _answer(outcome: Outcome, requirements: Sequence[Requirement], answered: Collection[str]) -> Answer:
    reason = outcome.reason
    if outcome.command.action is Action.STATUS:
        reason = _status(requirements)
    elif outcome.command.action in _ASKED_FOR_HELP:
        reason = HELP
    asked = outcome.command.action in (Action.STATUS, *_ASKED_FOR_HELP)
    answer = Answer(
        outcome.comment,
        outcome.command.text,
        outcome.accepted,
        reason,
        outcome.command.line,
        is_told=asked or outcome.partly,
    )
    return replace(answer, new=answer.key not in answered)


def _while_broken(comment: Comment, command: Command, problems: Sequence[str]) -> Answer:
    """What becomes of a command while nothing can be judged: everything is done that needs no registry."""
    where = f" ({problems[0].rstrip('.')})" if problems else ""
    broken = f"The contract registry on the base branch can't be read{where}."
    accepted, reason = False, command.problem
    match command.action:
        case Action.APPROVE:
            reason = f"{broken} Nobody can sign until that is mended: then read the new list, and write this again."
        case Action.REVOKE:
            reason = f"{broken} Nothing can be merged until that is mended, and then this is judged."
        case Action.STATUS:
            accepted, reason = True, f"{broken} Nothing can be judged or signed until that is mended."
        case Action.HELP | Action.HELP_ANYBODY:
            accepted, reason = True, HELP
        case Action.RECHECK:
            accepted = True
    is_told = command.action in (Action.STATUS, *_ASKED_FOR_HELP)
    return Answer(comment, command.text, accepted, reason, command.line, is_told=is_told)


def _status(requirements: Sequence[Requirement]) -> str:
    blocking = [requirement for requirement in requirements if requirement.blocking]
    if not blocking:
        return _CLEAR
    missing = [requirement for requirement in blocking if requirement.state is RequirementState.OPEN]
    if not missing:
        return "Everything that needs a signature has it."
    waiting: dict[str, list[str]] = {}
    for requirement in missing:
        waiting.setdefault(str(requirement.capacity), []).append(f"`{requirement.finding}`")
    named = "; ".join(f"{who}: {', '.join(dict.fromkeys(ids))}" for who, ids in waiting.items())
    return f"{len(blocking) - len(missing)} of {len(blocking)} signatures are there. Open for {named}."


def _digest(
    verdict: Verdict,
    findings: Sequence[JudgedFinding],
    requirements: Sequence[Requirement],
    withdrawn: Sequence[str],
) -> str:
    """Withdrawals are part of it, so that a decision is published, and they are kept, even if nothing else differs: a
    signature that was given and taken back between two looks.
    """
    states = sorted((requirement.fingerprint, requirement.state.value) for requirement in requirements)
    return _hash([verdict.value, sorted({finding.id for finding in findings}), states, list(withdrawn)])


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, separators=(",", ":")).encode("ascii")).hexdigest()
