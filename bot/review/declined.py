"""Who was refused when they signed: belonging to those who may sign later on makes nothing count of before.

Membership is looked up when a command comes and again at each decision; this remembers the first of the two. It is kept
with what was taken back, and so outlives the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.review.capacity import Capacity
from bot.review.people import Person

NOT_THEN = "You were not (or no longer) among those who may sign after you had written this: write a new comment."
_PREFIX = "declined"


@dataclass(slots=True)
class Declined:
    """newest: by person id and role, when the newest command was written that was refused. Of each person and role one
    moment is kept, however many commands they write.
    """

    newest: dict[tuple[int, str], int] = field(default_factory=dict)

    @classmethod
    def remembered(cls, withdrawn: Iterable[str]) -> Declined:
        """From the names that published decisions pass on, whatever else is among them."""
        found: dict[tuple[int, str], int] = {}
        for name in withdrawn:
            prefix, *rest = name.split(":")
            if prefix == _PREFIX:
                person, role, moment = int(rest[0]), rest[1], int(rest[2])
                found[person, role] = max(moment, found.get((person, role), moment))
        return cls(found)

    @staticmethod
    def is_name(name: str) -> bool:
        return name.startswith(f"{_PREFIX}:")

    def names(self) -> Iterable[str]:
        return (f"{_PREFIX}:{person}:{role}:{moment}" for (person, role), moment in self.newest.items())

    def admits(self, person: Person, able: Collection[int], role: str, at: datetime, *, is_known: bool) -> bool:
        """Whether what somebody wrote at a moment counts: they are among the `able` now, and nobody has refused them
        since. is_known: GitHub says who belongs to the role; else nobody is refused for good.
        """
        moment = int(at.astimezone(UTC).timestamp())
        if person.id in able:
            return self.newest.get((person.id, role), -1) < moment
        if is_known:
            self.newest[person.id, role] = max(moment, self.newest.get((person.id, role), moment))
        return False


def role_of(contract: str, capacity: Capacity | str) -> str:
    """A name of the role that tells nobody what it is about: private consumers are never named."""
    return hashlib.sha256(f"{contract}\0{capacity}".encode()).hexdigest()[:12]
