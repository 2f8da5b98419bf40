"""What is to be said on a pull request besides the decision: each thing once, to those who have to do something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.github.conversation import noticed_in
from bot.github.published import digest
from bot.github.pull import PullRequestState
from bot.registry.model import Registry
from bot.report import notices
from bot.report.buttons import HOW_TO_SIGN
from bot.report.publication import Notice
from bot.review.authority import DECISION_OWNER
from bot.review.offers import confirmed, to_offer
from bot.review.silence import Phase
from bot.review.stamp import Stamp
from bot.review.values import Decision, Requirement, RequirementState, Verdict
from bot.store import Delivery

_OFFER = "offer:"
_MOST_CALLED = 1_000
"""Requirements that one call remembers: a comment has room for the names of as many."""


def due(
    decision: Decision,
    registry: Registry | None,
    state: PullRequestState,
    rows: Sequence[Delivery],
    now: datetime,
    said: frozenset[str],
    stamp: Stamp,
) -> tuple[Notice, ...]:
    """said: keys of notices given before, as far as they are still known; those in our comments count as well."""
    said |= {key for own in state.own_comments for key in noticed_in(own.body, stamp)}
    found: list[Notice] = [*_pressed(decision, registry, rows)]
    if decision.verdict is Verdict.HELD and not state.draft:
        found += _offers(decision, state)
        found += _escalations(decision, registry, said)
        found += _silences(decision, registry, now, said)
    return tuple(one for one in found if one.is_refreshed or not said.issuperset(one.keys))


def with_confirmations(state: PullRequestState, stamp: Stamp) -> PullRequestState:
    """The pull request, in which the one word that makes a review count is the command that it stands for."""
    return replace(state, comments=confirmed(state.comments, _offered(state, stamp)))


def _offered(state: PullRequestState, stamp: Stamp) -> Mapping[int, datetime]:
    """By person id, since when they know of that word."""
    asked: dict[int, datetime] = {}
    for own in state.own_comments:
        for key in noticed_in(own.body, stamp):
            person = key.removeprefix(_OFFER)
            if key.startswith(_OFFER) and person.isdigit():
                asked[int(person)] = min(own.created_at, asked.get(int(person), own.created_at))
    return asked


def _who_pressed(rows: Sequence[Delivery]) -> str | None:
    """Who pressed "How to sign" last, by login."""
    for row in reversed(rows):
        sender = row.facts.get("sender")
        if row.facts.get("requested_action") == HOW_TO_SIGN.identifier and sender and not sender["bot"]:
            return str(sender["login"])
    return None


def _pressed(decision: Decision, registry: Registry | None, rows: Sequence[Delivery]) -> Iterator[Notice]:
    login = _who_pressed(rows)
    if login is not None:
        yield Notice((HOW_TO_SIGN.identifier,), notices.how_to_sign(decision, registry, login), is_refreshed=True)


def _offers(decision: Decision, state: PullRequestState) -> Iterator[Notice]:
    for approval, ids in to_offer(decision, state.approvals):
        yield Notice((f"{_OFFER}{approval.person.id}",), notices.offer(decision, approval.person.login, ids))


def _escalations(decision: Decision, registry: Registry | None, said: frozenset[str]) -> Iterator[Notice]:
    """For each requirement once a day, also when the command that called before was deleted since."""
    for escalation in decision.escalations:
        key = f"escalated:{digest(escalation.key)}"
        day = escalation.at.astimezone(UTC).strftime("%Y%m%d")
        called = tuple(f"called:{name[:12]}-{day}" for name in sorted(escalation.fingerprints)[:_MOST_CALLED])
        if key in said or said.issuperset(called):
            continue
        if body := notices.escalation(decision, registry, escalation):
            said |= {*called}
            yield Notice((key, *called), body)


def _is_waited_for(requirement: Requirement) -> bool:
    """Who objects has answered, and waits for the decision owner's ruling. What was promised until a day waits for it,
    and for nobody's answer.
    """
    is_disputed = requirement.state is RequirementState.OBJECTED and requirement.capacity == DECISION_OWNER
    return is_disputed or (requirement.state is RequirementState.OPEN and requirement.wants != "waiver")


def _silences(decision: Decision, registry: Registry | None, now: datetime, said: frozenset[str]) -> Iterator[Notice]:
    """All reminders that are due together in one comment, and one more when the time to answer is over."""
    reminded: dict[str, Requirement] = {}
    silent: dict[str, Requirement] = {}
    for requirement in notices.missing(decision):
        course = requirement.silence
        if course is None or not _is_waited_for(requirement):
            continue
        is_consumer = requirement.capacity.kind == "consumer"
        name = f"{requirement.fingerprint[:20]}-{requirement.state}"  # an objection begins another wait
        match course.phase(now):
            case Phase.REMINDED:
                reminded[f"reminded:{name}"] = requirement
            case Phase.SILENT if is_consumer and course.on_silence == "escalate":
                silent[f"silent:{name}"] = requirement
            case Phase.SILENT if not is_consumer:
                reminded[f"reminded:{name}"] = requirement  # nobody stands above the decision owner
    for found, words in ((reminded, notices.reminder), (silent, notices.silence)):
        new = {key: requirement for key, requirement in found.items() if key not in said}
        if new:
            yield Notice(tuple(new), words(decision, tuple(new.values()), registry))
