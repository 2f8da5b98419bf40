"""Where a request for a signature stands, as the table of those who must act says it: an icon and a few words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.report import words
from bot.review.authority import DECISION_OWNER
from bot.review.capacity import RULINGS
from bot.review.values import Requirement, RequirementState

_OBJECTS, _RULES = "**objects**", "**has to rule**"
_JOINED = {_OBJECTS: "to", _RULES: "on"}
_WORDS = {
    RequirementState.APPROVED: ("✅", "signed"),
    RequirementState.ACKNOWLEDGED: ("👀", "seen"),
    RequirementState.OVERRULED: ("⚖️", "**overruled**"),
    RequirementState.CONSENTED: ("🔕", "silence counts as consent"),
    RequirementState.OBJECTED: ("✋", _OBJECTS),
    RequirementState.REJECTED: ("⛔", "**rejected**"),
    RequirementState.HONOURED: ("⛔", "held by ruling"),
}


_WAITING = ("⏳", "waiting")
WAITING = " ".join(_WAITING)
"""What `shown` says where nothing has been said yet."""


def shown(requirements: Sequence[Requirement], knows_people: bool) -> str:
    """Of the requirements of one capacity: `⏳ 2 of 5 signed`, or each state with how often it is there.

    knows_people: whether GitHub was asked who stands behind the handles.
    """
    counts: dict[tuple[str, str], int] = {}
    for requirement in requirements:
        state = _state(requirement, knows_people)
        counts[state] = counts.get(state, 0) + 1
    if set(counts) == {_WORDS[RequirementState.APPROVED], _WAITING}:
        return f"⏳ {counts[_WORDS[RequirementState.APPROVED]]} of {len(requirements)} signed"
    if len(counts) == 1:
        return " ".join(next(iter(counts)))
    return ", ".join(f"{icon} {_counted(number, word)}" for (icon, word), number in counts.items())


def _counted(number: int, word: str) -> str:
    return f"{word} {_JOINED[word]} {number:,}" if word in _JOINED else f"{number:,} {word}"


def _state(requirement: Requirement, knows_people: bool) -> tuple[str, str]:
    if requirement.state is RequirementState.WAIVED:
        signature = requirement.signature
        ends = signature.expires_at if signature else None
        return "⏭️", f"waived until {words.last_day(ends)}" if ends else "waived"
    if requirement.state is RequirementState.OBJECTED and requirement.capacity == DECISION_OWNER:
        return "⚖️", _RULES
    if (
        requirement.state is RequirementState.APPROVED
        and requirement.signature
        and requirement.signature.act in RULINGS
    ):
        return "⚖️", "ruled"
    if requirement.state is not RequirementState.OPEN:
        return _WORDS.get(requirement.state, ("⏳", requirement.state.value))
    if requirement.enforcement == "observe":
        return "👁️", "would have to sign" if requirement.blocking else "would be asked"
    if not requirement.blocking:
        return "💬", "asked for an `/ack`" if requirement.wants == "acknowledgement" else "asked only"
    if requirement.wants == "waiver":
        day = requirement.stays_until
        return "🔒", f"**promised until {day.isoformat()}**" if day else "**promised for longer**"
    if knows_people and not requirement.people:
        return "⚠️", "**nobody here may sign**"
    icon, word = ("⏳", "waiting for an `/ack`") if requirement.wants == "acknowledgement" else _progress(requirement)
    return icon, f"{word}, holds nothing" if requirement.enforcement == "warn" else word


def _progress(requirement: Requirement) -> tuple[str, str]:
    """How far a quorum has come."""
    if requirement.needed == 1:
        return _WAITING
    so_far = len(requirement.signatures)
    if so_far:
        return "⏳", f"{so_far} of {words.count(requirement.needed, 'person', 'people')} signed"
    return "⏳", f"{requirement.needed} people must sign"
