"""The decision: what must be signed, what has been, what became of every command. A pure function of present facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from bot.judge.finding import Level
from bot.registry.impact import Impact, Reach
from bot.registry.model import Registry
from bot.review import requirements as needed
from bot.review.answers import CLEAR, answer, while_broken
from bot.review.authority import DECISION_OWNER, Authority, had_a_hand, merely_named
from bot.review.capacity import Capacity
from bot.review.case import Case
from bot.review.commands import Action, contains_command, parse
from bot.review.deadlines import asked_since, beginning, courses, expiring, is_unasked, next_due
from bot.review.disputes import FollowUp
from bot.review.fingerprint import blanked
from bot.review.hearing import hear
from bot.review.lists import seen_as
from bot.review.people import Comment, Commit, Person, Roster
from bot.review.requirements import Circumstances
from bot.review.selection import Known, asked_for, known
from bot.review.settling import Situation, disputes, is_expired, settle
from bot.review.signatures import Signed, replay
from bot.review.values import (
    AskedFor,
    Asks,
    Decision,
    JudgedFinding,
    PublishedDecision,
    Requirement,
    RequirementState,
    SupersededSignature,
    Verdict,
)
from bot.review.verdict import digest, hash_of, verdicts

_NO_REGISTRY = "Nothing here needs a signature: the contracts that change are not in a registry on the base branch."
_NOT_GATED = "Nothing here needs a signature: this pull request's base branch is not gated, so changes only report."
_ASK_EVERYBODY = (Action.OBJECT, Action.RECLASSIFY, Action.EXTEND, Action.DEPRECATE, Action.ESCALATE)
"""Commands whose rights reach further than those who are asked to sign."""
_COUNT_ANYWHERE = (Action.OBJECT, Action.REVOKE)
"""Commands in the safe direction."""
_OF_ANY_CONTRACT = (Action.EXTEND, Action.DEPRECATE)
"""Those that may be about a contract which the pull request does not touch."""


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
    not_checked: Iterable[str] = (),
    faults: Iterable[str] = (),
    is_draft: bool = False,
    is_locked: bool = False,
) -> Decision:
    """Judge one pull request.

    registry: as read from the base branch, None if there is none (then everything only reports).
    comments: conversation comments and review bodies as GitHub holds them now, in any order, our own left out.
    publications: every decision published on this pull request, in any order.
    roster: members of `handles(...)` and of the fallback, asked now. author, pushers, commits: who made the change.
    newcomers: consumers that the pull request itself adds, or whose declaration may not block: asked, not required.
    gated: whether the base branch is one that holds merges. now: with time zone.
    is_draft: nobody is asked yet. is_locked: not everybody can answer, so nobody's time passes.
    """
    rules = registry or Registry()
    comments, publications = tuple(comments), sorted(publications, key=lambda p: p.published_at)
    makers = author, tuple(pushers), tuple(commits)
    excluded = had_a_hand(*makers)
    authority = Authority(rules, roster, excluded, merely_named(*makers))
    findings = needed.judged(impacts)
    heard = hear(comments, findings, publications, authority, newcomers)
    circumstances = Circumstances(newcomers, frozenset(heard.standing), heard.levels, now.date())
    asked = needed.requirements(findings, authority, circumstances) if gated else ()
    knowledge = known(asked, findings, publications)
    waiting = courses(asked, asked_since(publications), rules)
    case = Case(knowledge, authority, heard)
    signed = replay(comments, case, _nothing_to_sign(findings, registry, gated=gated))
    situation = Situation(signed.signatures, heard.standing, waiting, authority, now)
    present = settle(asked, situation)
    verdict, would = verdicts(present, gated=gated)
    begun = {} if is_draft or is_locked else beginning(present, publications, rules, now)
    return Decision(
        verdict=verdict,
        findings=findings,
        requirements=present,
        answers=tuple(
            answer(outcome, present, verdict, is_draft=is_draft)
            for outcome in signed.outcomes
            if present or outcome.command.action is not Action.HELP_ANYBODY
        ),
        digest=digest(verdict, findings, present, signed, heard, is_draft=is_draft),
        not_checked=tuple(not_checked),
        faults=tuple(faults),
        excluded=excluded,
        superseded=_superseded(signed, knowledge, present, now),
        withdrawn=signed.withdrawn,
        would=would,
        disputes=disputes(present, situation),
        objections=heard.objections,
        reclassified=tuple(heard.reclassified.values()),
        raised=heard.raised,
        follow_ups=_follow_ups(present),
        escalations=signed.escalations if any(requirement.holds for requirement in present) else (),
        revocations=signed.revocations,
        retracted=heard.retracted,
        expiring=expiring(present, now),
        next_due=next_due(present, begun.values(), now),
        is_draft=is_draft,
        beginning=begun,
    )


def failed(
    problems: Sequence[str], comments: Iterable[Comment] = (), publications: Iterable[PublishedDecision] = ()
) -> Decision:
    """Nothing could be decided, because the registry on the base branch is broken. Holds the merge.

    comments, publications: as for `decide`. Commands written since the last decision that judged are answered, too: who
    writes one is told why nothing happens. Earlier ones keep the answers they have.
    """
    name = hash_of([Verdict.FAILED.value, list(problems)])
    since = max((one.published_at for one in publications if one.digest != name), default=None)
    answers = tuple(
        while_broken(comment, command, problems)
        for comment in sorted(comments, key=lambda c: (c.created_at, c.id, c.kind))
        if since is None or comment.created_at > since
        for command in parse(comment.body)
    )
    return Decision(Verdict.FAILED, (), (), answers, name, problems=tuple(problems))


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
        open=tuple(r.fingerprint for r in decision.requirements if not r.state.is_settled),
        asked=asked,
        withdrawn=decision.withdrawn,
        findings={finding.id: seen_as(finding) for finding in decision.findings if _can_be_disputed(finding)},
        states={r.fingerprint: r.state for r in decision.requirements},
        objections=decision.objections,
        raised=decision.raised,
        is_draft=decision.is_draft,
        unasked=tuple(r.fingerprint for r in decision.requirements if is_unasked(r)),
        is_failed=decision.verdict is Verdict.FAILED,
        asked_at=next((course.asked_at for course in decision.beginning.values()), None),
    )


def _can_be_disputed(finding: JudgedFinding) -> bool:
    """What neither breaks nor reaches anybody is not kept, for there may be thousands of them."""
    impact = finding.impact
    return impact.finding.level is not Level.COMPATIBLE or any(c.reach is not Reach.NOT for c in impact.consumers)


def handles(
    impacts: Iterable[Impact],
    registry: Registry | None,
    publications: Iterable[PublishedDecision] = (),
    comments: Iterable[Comment] = (),
) -> frozenset[str]:
    """Every handle whose members `decide` may need, besides the organisation's fallback."""
    others = [(a.contract, a.capacity) for published in publications for a in published.asked.values()]
    actions = {c.action for comment in comments if contains_command(comment.body) for c in parse(comment.body)}
    if registry is not None and not actions.isdisjoint(_OF_ANY_CONTRACT):
        others += [(contract.id, DECISION_OWNER) for contract in registry.contracts]
        others += [(use.contract, Capacity("consumer", one.id)) for one in registry.consumers for use in one.uses]
    return needed.handles(impacts, registry, others, everybody=not actions.isdisjoint(_ASK_EVERYBODY))


def counts_anywhere(comments: Iterable[Comment]) -> bool:
    """Whether something is said that counts where nothing is held, too: an objection, or a signature taken back. The
    pull request may go to another base tomorrow, when the comment is gone.
    """
    written = (
        command.action for comment in comments if contains_command(comment.body) for command in parse(comment.body)
    )
    return any(action in _COUNT_ANYWHERE for action in written)


def asks(decision: Decision, roster: Roster, organisation: str | None = None) -> Asks:
    """Whom to ask for the signatures that are still open.

    organisation: the owner of the repository; teams of others can't be requested there, so they are mentioned.
    """
    users: dict[str, None] = {}
    teams: dict[str, None] = {}
    mentions: dict[str, None] = {}
    for requirement in decision.requirements:
        if not _is_to_be_asked(requirement):
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


def _is_to_be_asked(requirement: Requirement) -> bool:
    """Who objects has answered, and waits for the decision owner."""
    if is_unasked(requirement):
        return False
    is_disputed = requirement.state is RequirementState.OBJECTED and requirement.capacity == DECISION_OWNER
    return requirement.state is RequirementState.OPEN or is_disputed


def _follow_ups(requirements: Iterable[Requirement]) -> tuple[FollowUp, ...]:
    """One for each contract, consumer and day, however often it is waived."""
    found: dict[str, FollowUp] = {}
    for requirement in requirements:
        for signature in requirement.signatures:
            if signature.act != "waive" or signature.code is None or signature.until is None:
                continue
            consumer = str(requirement.capacity)
            key = f"{requirement.contract}:{consumer}:{signature.until}"
            before = found[key].findings if key in found else ()
            found[key] = FollowUp(
                key=key,
                contract=requirement.contract,
                consumer=consumer,
                findings=(*before, requirement.finding),
                code=signature.code,
                until=signature.until,
                note=signature.note,
                person=signature.person,
                comment_url=signature.comment_url,
            )
    return tuple(found.values())


def _nothing_to_sign(findings: Sequence[JudgedFinding], registry: Registry | None, *, gated: bool) -> str:
    if not gated:
        return _NOT_GATED
    known_contracts = {contract.id for contract in registry.contracts} if registry else set()
    if findings and all(finding.impact.finding.contract not in known_contracts for finding in findings):
        return _NO_REGISTRY
    return CLEAR


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
                if is_expired(signature, now):
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
