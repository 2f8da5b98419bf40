"""Until when an answer is waited for, and what follows: in the registry's time zone, on its business days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.report import safety, words
from bot.report.names import Names
from bot.report.signing import capacity_name
from bot.review.authority import DECISION_OWNER
from bot.review.silence import Course
from bot.review.values import Decision, Requirement, RequirementState

if TYPE_CHECKING:
    from bot.registry.model import Registry

_SHORT = timedelta(days=2)
"""A shorter time is told by the minute."""
_NAMED = 6


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The courses of a decision's requests, told in a time zone. rulings: of the decision owner's, by finding."""

    decision: Decision
    zone: str
    rulings: Mapping[str, Course]

    @classmethod
    def of(cls, decision: Decision, registry: Registry | None) -> Deadlines:
        zone = registry.calendar.time_zone if registry is not None else "UTC"
        owners = ((r.finding, course_of(r, decision)) for r in decision.requirements if r.capacity == DECISION_OWNER)
        return cls(decision, zone, {finding: course for finding, course in owners if course is not None})

    def ruling_due(self, finding: str) -> datetime | None:
        """The end of the decision owner's time for a ruling; None when it is not known."""
        found = self.rulings.get(finding)
        return found.follows_at if found else None

    def ruling_on(self, finding: str) -> str:
        """The same in words; empty when it is not known."""
        found = self.rulings.get(finding)
        return f"{self.told(found, found.follows_at)} ({self.zone})" if found else ""

    def told(self, course: Course, moment: datetime) -> str:
        is_short = course.follows_at - course.asked_at < _SHORT
        return words.minute(moment, self.zone) if is_short else words.day(moment, self.zone)

    def lines(self, names: Names) -> tuple[str, ...]:
        """Sentences of Markdown for those who have the same time: until when, and what follows of whose silence. They
        read as well when that time is over. Rulings are told of with the objections.
        """
        groups: dict[tuple[str, str], dict[str, list[str]]] = {}
        for requirement in self.decision.requirements:
            course = course_of(requirement, self.decision)
            if course is not None and _is_reminded(requirement):
                key = self.told(course, course.follows_at), self.told(course, course.remind_at)
                who = f"**{safety.plain(capacity_name(requirement, names))}**"
                groups.setdefault(key, {}).setdefault(_follows(requirement, course), []).append(who)
        return tuple(
            f"{_everybody(follows.values())}: time to answer until {until} ({self.zone}), reminder on {reminded}."
            + "".join(_if_silent(who, what, is_all=len(follows) == 1) for what, who in follows.items() if what)
            for (until, reminded), follows in groups.items()
        )


def _if_silent(who: Sequence[str], what: str, *, is_all: bool) -> str:
    """is_all: nobody else has that time, so they need no names again."""
    several = len(set(who)) > 1
    named = ("they" if several else "it") if is_all else _everybody([who])
    return f" If {named} {'do' if several else 'does'} not answer, {what}."


def course_of(requirement: Requirement, decision: Decision) -> Course | None:
    """What begins with this decision goes before what began with an earlier one."""
    return decision.beginning.get(requirement.fingerprint) or requirement.silence


def ending(decision: Decision, names: Names) -> tuple[str, ...]:
    """Signatures that hold and are soon over, a sentence of Markdown each."""
    found: dict[tuple[int, str], tuple[str, list[str]]] = {}
    for requirement in decision.requirements:
        for signature in requirement.signatures:
            if requirement.state.is_settled and signature in decision.expiring and signature.expires_at:
                what = "waiver for" if signature.act == "waive" else "signature as"
                name = safety.plain(capacity_name(requirement, names))
                sentence = (
                    f"{safety.plain(f'@{signature.person.login}')}'s {what} **{name}** ends with "
                    f"{words.last_day(signature.expires_at)}, and then it is asked for again"
                )
                key = (signature.comment_id, sentence)
                found.setdefault(key, (sentence, []))[1].append(safety.code(requirement.finding))
    return tuple(f"{sentence}: {words.joined(ids, limit=_NAMED)}." for sentence, ids in found.values())


def _everybody(groups: Iterable[Sequence[str]]) -> str:
    return words.joined(list(dict.fromkeys(who for group in groups for who in group)), limit=_NAMED)


def _is_reminded(requirement: Requirement) -> bool:
    """Nobody has to answer where only the day helps until which something was promised."""
    is_open = requirement.state is RequirementState.OPEN and requirement.wants != "waiver"
    return is_open and requirement.blocking and requirement.enforcement == "enforce"


def _follows(requirement: Requirement, course: Course) -> str:
    """What comes of silence; empty where the merge just goes on waiting."""
    if requirement.capacity.kind == "consumer" and course.on_silence == "escalate":
        return "the decision owner is called, and may sign in its place or waive it"
    if requirement.capacity.kind == "consumer" and course.on_silence == "consent":
        return "that counts as consent, by its own rule"
    return ""


def sentences(items: Sequence[str], icon: str) -> str:
    """Small print, a line each."""
    return "<sub>" + "<br>".join(f"{icon} {sentence}" for sentence in items) + "</sub>"
