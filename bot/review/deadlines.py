"""When time alone changes a decision: reminders, escalation, consent, expiry, the end of a waiver or of a ruling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from datetime import time as clock

from bot.registry.model import Registry
from bot.review.capacity import Signature
from bot.review.case import end_of
from bot.review.silence import Course, Terms, course, terms_of
from bot.review.values import PublishedDecision, Requirement, RequirementState

_UNANSWERED = frozenset({RequirementState.OPEN, RequirementState.CONSENTED})


def is_unasked(requirement: Requirement) -> bool:
    """What is only observed bothers nobody, and so nobody's silence about it means anything."""
    return requirement.enforcement == "observe"


def asked_since(publications: Iterable[PublishedDecision]) -> Mapping[str, datetime]:
    """By fingerprint, since when a requirement was shown as waiting, without a break, up to the newest publication.

    publications: oldest first. Drafts ask nobody, so they start nothing. An objection starts anew: from then on
    something else is waited for. What was restored is a part of what was shown, and ends only what it names.
    """
    since: dict[str, tuple[str, datetime]] = {}
    for published in publications:
        named = published.states if published.is_restored else since
        waiting = {fingerprint: known for fingerprint, known in since.items() if fingerprint not in named}
        if not published.is_draft:
            for fingerprint in {*published.open, *published.states}.difference(published.unasked):
                state = published.states.get(fingerprint, RequirementState.OPEN)
                if state in _UNANSWERED or state is RequirementState.OBJECTED:
                    what = "answer" if state in _UNANSWERED else "ruling"
                    before = since.get(fingerprint)
                    is_same = before is not None and before[0] == what
                    first = published.asked_at or published.published_at
                    waiting[fingerprint] = before if before and is_same else (what, first)
        since = waiting
    return {fingerprint: moment for fingerprint, (_, moment) in since.items()}


def courses(
    requirements: Iterable[Requirement], since: Mapping[str, datetime], registry: Registry
) -> Mapping[str, Course]:
    """By fingerprint, of those requirements of which it is known since when they are asked."""
    known: dict[tuple[datetime, Terms], Course] = {}
    found: dict[str, Course] = {}
    for requirement in requirements:
        asked_at = since.get(requirement.fingerprint)
        if asked_at is None or is_unasked(requirement):
            continue
        signoff = registry.contract(requirement.contract).signoff
        word = None
        if requirement.capacity.kind == "consumer" and requirement.capacity.consumer:
            word = registry.own_words.get(requirement.capacity.consumer)
        terms = terms_of(Terms(signoff.respond_within, signoff.on_silence), word)
        if (asked_at, terms) not in known:
            known[asked_at, terms] = course(asked_at, terms, registry.calendar)
        found[requirement.fingerprint] = known[asked_at, terms]
    return found


def beginning(
    requirements: Sequence[Requirement], publications: Sequence[PublishedDecision], registry: Registry, now: datetime
) -> Mapping[str, Course]:
    """By fingerprint, the courses that begin when this decision is published, were that now: of what nobody was asked
    before, and of objections that were not shown yet.

    publications: oldest first.
    """
    this = PublishedDecision("", now, "", {}, (), states={r.fingerprint: r.state for r in requirements})
    since = asked_since([*publications, this])
    return courses(requirements, {name: at for name, at in since.items() if at == now}, registry)


def next_due(requirements: Sequence[Requirement], newly_asked: Iterable[Course], now: datetime) -> datetime | None:
    """The next moment after `now`. newly_asked: courses that begin with the publication of this very decision."""
    moments = [*_moments(requirements, now), *(one.next_after(now) for one in newly_asked)]
    return min((moment for moment in moments if moment is not None and moment > now), default=None)


def expiring(requirements: Iterable[Requirement], now: datetime) -> tuple[Signature, ...]:
    """Signatures that hold, but not much longer: 80 % of their time are over."""
    found = (s for r in requirements if r.state.is_settled for s in r.signatures)
    return tuple(dict.fromkeys(s for s in found if s.warn_at is not None and s.warn_at <= now))


def _moments(requirements: Iterable[Requirement], now: datetime) -> Iterator[datetime | None]:
    for requirement in requirements:
        if requirement.wants == "waiver" and requirement.stays_until is not None:
            yield datetime.combine(requirement.stays_until, clock(0), UTC)
        if requirement.silence is not None and not requirement.state.is_settled:
            yield requirement.silence.next_after(now)
        for signature in requirement.signatures:
            yield signature.warn_at
            yield signature.expires_at
            yield end_of(signature.until) if signature.until is not None else None
