"""What if these people had spoken, or this were enforced? Answered by the decision itself, on comments made up here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.registry.impact import Impact
from bot.registry.model import Registry
from bot.registry.terms import Enforcement
from bot.review.decision import handles, published
from bot.review.people import Comment, Person, Roster
from bot.review.selection import is_for, name_of
from bot.review.values import Decision, PublishedDecision

_COMMANDS = {"approve": "/approve-breaking", "object": "/object"}
_REASON = " -- what if"
_SEEN_FOR = timedelta(minutes=10)
"""How long people have had the decision before them when they speak."""


class NobodyThere(Exception):
    """Somebody is supposed to speak who has nothing to say here. The message is for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """who: a role (`decision-owner`), a consumer's id, or a handle (`@acme/checkout`)."""

    act: Literal["approve", "object"]
    who: str


@dataclass(frozen=True, slots=True)
class Supposing:
    """said: in this order. enforcement: of every contract, in place of its own."""

    said: tuple[Spoken, ...] = ()
    enforcement: Enforcement | None = None

    def registry(self, registry: Registry) -> Registry:
        """The registry as it is supposed to be enforced."""
        if self.enforcement is None:
            return registry
        contracts = (contract.model_copy(update={"enforcement": self.enforcement}) for contract in registry.contracts)
        return registry.model_copy(update={"contracts": tuple(contracts)})


NOTHING = Supposing()

Deciding = Callable[[Roster, Sequence[Comment], Sequence[PublishedDecision]], Decision]
"""`bot.review.decision.decide`, with everything else at hand."""


def decided(
    supposing: Supposing,
    impacts: Iterable[Impact],
    registry: Registry | None,
    deciding: Deciding,
    now: datetime,
    head_sha: str,
) -> Decision:
    """The decision after what is supposed to be said. Nobody was asked who is behind a handle, so each stands for as
    many people as speak for it. Raises NobodyThere.
    """
    impacts = tuple(impacts)
    often = Counter(spoken.who.lower() for spoken in supposing.said)
    size = max(often.values(), default=1)
    everybody = [_comment(0, None, "/object -- anybody", now)] if supposing.said else []
    roster = _unasked(handles(impacts, registry, comments=everybody), size)
    before = deciding(roster, (), ())
    if not supposing.said:
        return before
    shown = published(before, now - _SEEN_FOR, head_sha)
    comments: list[Comment] = []
    for number, spoken in enumerate(supposing.said, start=1):
        earlier = sum(one.who.lower() == spoken.who.lower() for one in supposing.said[: number - 1])
        person, role = _speaker(spoken.who, before, roster, earlier)
        text = _COMMANDS[spoken.act] + role + (_REASON if spoken.act == "object" else "")
        comments.append(_comment(number, person, text, now - _SEEN_FOR / 2 + timedelta(seconds=number)))
    return deciding(roster, comments, (shown,))


def _speaker(who: str, decision: Decision, roster: Roster, earlier: int) -> tuple[Person, str]:
    """Who speaks, and the part of the command that names the role. earlier: how often that was said before."""
    if who.startswith("@"):
        members = next((people for handle, people in roster.members.items() if handle.lower() == who.lower()), ())
        if members:
            return members[min(earlier, len(members) - 1)], ""
    else:
        for requirement in decision.requirements:
            if requirement.people and is_for(requirement.capacity, who):
                people = requirement.people
                return people[min(earlier, len(people) - 1)], f" as {name_of(requirement.capacity)}"
    roles = dict.fromkeys(name_of(r.capacity) for r in decision.requirements if r.people)
    known = ", ".join([*roles, *sorted(roster.members)]) or "nobody"
    raise NobodyThere(f"`{who}` has nothing to say about this change. Who could: {known}.")


def _comment(id: int, author: Person | None, body: str, at: datetime) -> Comment:
    return Comment("comment", id, author, body, at, edited=False, url="")


def _unasked(wanted: Iterable[str], size: int) -> Roster:
    """Each handle stands for itself: the report says who would have to sign."""
    people: dict[str, tuple[Person, ...]] = {}
    for number, handle in enumerate(sorted(wanted)):
        first = -1 - number * size
        login = handle.removeprefix("@")  # reports write the @ before whoever speaks
        people[handle] = tuple(Person(first - n, login if n == 0 else f"{login} ({n + 1})") for n in range(size))
    return Roster(people)
