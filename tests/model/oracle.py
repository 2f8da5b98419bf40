"""Who must still sign, reckoned a second time: forwards, from docs/signing.md alone, and with nothing of the product.

It errs to one side only: where the guide leaves room it takes a signature for good, an objection for taken back. So
whatever is missing here is missing, and a merge that is released without it is a fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

DECISION_OWNER = "decision-owner"
COUNCIL, ORDERS = "api-council", "orders"
TEAMS: Mapping[str, tuple[str, ...]] = {
    ORDERS: ("olga", "oskar"),
    "checkout": ("chris", "cleo"),
    "warehouse": ("wanda",),
    COUNCIL: ("dana", "devi"),
}
ADMINS = ("ada",)
CONSUMERS: Mapping[str, str] = {"checkout-web": "checkout", "warehouse": "warehouse"}
"""Consumers, and the teams that speak for them."""

CHANGEABLE: Mapping[str, tuple[str, ...]] = {
    "email": ("string", "integer", "gone"),
    "count": ("integer", "boolean", "gone"),
    "legacy": ("there", "gone"),
    "status": ("few", "more"),
}
"""Places of the contract, and what may be there; the first is what was promised."""
READ_BY: Mapping[str, str] = {"email": "checkout-web", "count": "warehouse", "status": "checkout-web"}

APPROVAL_LASTS = timedelta(days=30)
ANSWER_WITHIN = timedelta(days=3)
"""Of business time, which is never less of the clock's."""


@dataclass(frozen=True, slots=True)
class Change:
    """What the base has at a place, and what the pull request makes of it."""

    place: str
    before: str
    after: str

    @property
    def level(self) -> str:
        if self.place == "status":
            return "risky" if self.after == "more" else "compatible"
        return "compatible" if self.before == "gone" else "breaking"


def changes(base: Mapping[str, str], head: Mapping[str, str]) -> frozenset[Change]:
    return frozenset(Change(place, base[place], head[place]) for place in CHANGEABLE if base[place] != head[place])


@dataclass(frozen=True, slots=True)
class Words:
    """A command as it was meant. about: None for whatever the list held. role: after `as`; whose signature is waived.
    until: the moment at which it is over.
    """

    act: str
    about: Change | None = None
    role: str | None = None
    until: datetime | None = None


@dataclass(eq=False)
class Said:
    """A comment. words: None when it holds no command. by: None for an app, a bot, or an account that is gone.
    refused: for what its author could not sign when it was first looked at.
    """

    by: str | None
    at: datetime
    words: Words | None
    edited: bool = False
    deleted: bool = False
    seen: bool = False
    refused: set[tuple[Change, str]] = field(default_factory=set)

    @property
    def stands(self) -> bool:
        return self.by is not None and not self.edited and not self.deleted


@dataclass(frozen=True, slots=True)
class Shown:
    """What the list held from a moment on."""

    at: datetime
    changes: frozenset[Change]


@dataclass(frozen=True, slots=True)
class Objection:
    by: str
    at: datetime
    place: str
    role: str


@dataclass
class Oracle:
    """members: by team, who belongs to it now. hand: who had a hand in the change as it is now."""

    now: datetime
    present: frozenset[Change] = frozenset()
    members: dict[str, set[str]] = field(default_factory=lambda: {team: set(people) for team, people in TEAMS.items()})
    hand: set[str] = field(default_factory=set)
    said: list[Said] = field(default_factory=list)
    lists: list[Shown] = field(default_factory=list)
    objections: set[Objection] = field(default_factory=set)
    taken_back: set[tuple[int, Change, str]] = field(default_factory=set)
    raised: dict[Change, datetime] = field(default_factory=dict)
    _revoked: frozenset[tuple[int, Change, str]] = frozenset()

    # ---- what happens

    def say(self, by: str | None, at: datetime, words: Words | None) -> Said:
        said = Said(by, at, words)
        self.said.append(said)
        return said

    def looked(self, published_at: datetime, *, gated: bool = True) -> None:
        """The bot has seen what there is, and has shown the list since `published_at`. Who signs while the base
        is not `gated` is answered then, and weighed only when it is; who objects or takes something back is heard.
        """
        self.lists.append(Shown(published_at, self.present))
        self.objections = set(self._objections())
        self.taken_back |= set(self._taken_back())
        if not gated:
            return
        for said in self.said:
            if not said.seen and not said.deleted:
                said.seen = True
                said.refused = {
                    (change, role)
                    for change in self.present
                    for role in (DECISION_OWNER, *CONSUMERS)
                    if said.by not in self.may_sign(role)
                }
        for said in self.said:
            change = _about(said)
            if change is not None and change.level == "risky" and self._reclassifies(said, "breaking"):
                self.raised[change] = said.at

    # ---- who may sign

    def may_sign(self, role: str) -> set[str]:
        """Down the chain, to the first link at which there is anybody."""
        chain = [self.members[COUNCIL], self.members[ORDERS], set(ADMINS)]
        if role != DECISION_OWNER:
            chain.insert(0, self.members[CONSUMERS[role]])
        return next((able for link in chain if (able := link - self.hand)), set())

    # ---- what is missing

    def missing(self) -> list[tuple[Change, str]]:
        self._revoked = frozenset({*self.taken_back, *self._taken_back()})
        return [
            (change, role)
            for change in sorted(self.present, key=str)
            for role in self.needed(change)
            if not self._is_settled(change, role)
        ]

    def needed(self, change: Change) -> tuple[str, ...]:
        reader = READ_BY.get(change.place)
        if self._level(change) == "breaking":
            return (DECISION_OWNER, reader) if reader else (DECISION_OWNER,)
        return (DECISION_OWNER,) if self._standing(change) else ()

    def _level(self, change: Change) -> str:
        """What people have made of it, the newest that still counts; leniently the lower."""
        lowered = [s for s in self.said if _about(s) == change and self._reclassifies(s, "compatible")]
        raised_at = self.raised.get(change)
        if raised_at is not None and not any(s.at > raised_at for s in lowered):
            return "breaking"
        return "compatible" if lowered else change.level

    def _reclassifies(self, said: Said, act: str) -> bool:
        words = said.words
        if words is None or words.act != act or words.about is None or not said.stands:
            return False
        was_shown = any(words.about in shown.changes for shown in self.lists if shown.at < said.at)
        return was_shown and self._may(said, words.about, DECISION_OWNER)

    def _is_settled(self, change: Change, role: str) -> bool:
        objections = self._standing(change)
        if role == DECISION_OWNER or any(o.role == role for o in objections):
            return self._decided(change, objections)
        if any(said.words and said.words.act == "object" for said in self.said) and self._decided(change, objections):
            return True  # who objects is overruled, and who takes an objection back is none the worse for it
        return any(
            self._counts(said, change, role, acts=("approve",))
            or self._is_waived(said, change, role)
            or self._stands_in(said, change, role)
            for said in self.said
        )

    def _decided(self, change: Change, objections: Iterable[Objection]) -> bool:
        newest = max((o.at for o in objections), default=None)
        no = [s.at for s in self.said if s.words and s.words.act == "reject" and self._surely_rules(s, change)]
        since = max([at for at in (newest, *no) if at is not None], default=None)
        acts = ("accept", "honour") if newest is not None else ("accept", "honour", "approve")
        return any(
            self._counts(said, change, DECISION_OWNER, acts=acts) and (since is None or said.at > since)
            for said in self.said
        )

    def _surely_rules(self, said: Said, change: Change) -> bool:
        """A rejection that names the change, while somebody objects who still does, and that nobody has taken back."""
        if said.words is None or said.words.about != change:
            return False
        disputed = any(o.at < said.at for o in self._standing(change))
        revoked = any(s.words and s.words.act == "revoke" and s.at > said.at for s in self.said)
        return disputed and not revoked and self._is_signed(said, change, DECISION_OWNER, ("reject",))

    def _counts(self, said: Said, change: Change, role: str, acts: tuple[str, ...]) -> bool:
        return self._is_signed(said, change, role, acts) and self._is_in_force(said, change, role)

    def _is_signed(self, said: Said, change: Change, role: str, acts: tuple[str, ...]) -> bool:
        words = said.words
        if words is None or words.act not in acts or not said.stands or words.role not in (None, role):
            return False
        return self._is_meant(said, change) and self._may(said, change, role)

    def _may(self, said: Said, change: Change, role: str) -> bool:
        """Belongs to those who may now, and did when it was first looked at."""
        return said.by in self.may_sign(role) and (change, role) not in said.refused

    def _is_in_force(self, said: Said, change: Change, role: str) -> bool:
        words = said.words
        assert words is not None
        if (id(said), change, role) in self._revoked:
            return False
        if words.act == "honour":
            return words.until is not None and words.until <= self.now < words.until + APPROVAL_LASTS
        over = words.until if words.act == "waive" and words.until is not None else said.at + APPROVAL_LASTS
        return self.now < over

    def _is_waived(self, said: Said, change: Change, role: str) -> bool:
        words = said.words
        if words is None or words.act != "waive" or words.role != role or not said.stands:
            return False
        return self._for_another(said, change, role)

    def _stands_in(self, said: Said, change: Change, role: str) -> bool:
        """The decision owner signs for a consumer that has been silent for too long."""
        words = said.words
        if words is None or words.act != "approve" or words.role != role or not said.stands:
            return False
        asked = min((shown.at for shown in self.lists if change in shown.changes), default=None)
        is_silent = asked is not None and said.at >= asked + ANSWER_WITHIN
        return is_silent and self._for_another(said, change, role)

    def _for_another(self, said: Said, change: Change, role: str) -> bool:
        able = self._may(said, change, DECISION_OWNER)
        return able and self._is_meant(said, change) and self._is_in_force(said, change, role)

    def _is_meant(self, said: Said, change: Change) -> bool:
        """By its id, or as part of the list that could be seen."""
        if _about(said) is not None:
            return _about(said) == change
        seen = [shown for shown in self.lists if shown.at < said.at]
        return bool(seen) and change in seen[-1].changes

    # ---- what people take back

    def _taken_back(self) -> Iterator[tuple[int, Change, str]]:
        """Signatures that a `/revoke` which is there takes back: surely those of whoever wrote it, and with an id those
        of the people of the same role as well.
        """
        changes = {change for shown in self.lists for change in shown.changes} | self.present
        for revocation in self.said:
            if revocation.by is None or revocation.deleted or revocation.words is None:
                continue
            if revocation.words.act != "revoke":
                continue
            for said in self.said:
                if said.at >= revocation.at or said.words is None or not said.stands:
                    continue
                for change in changes:
                    for role in (DECISION_OWNER, *CONSUMERS):
                        if self._takes_back(revocation, said, change, role):
                            yield id(said), change, role

    def _takes_back(self, revocation: Said, said: Said, change: Change, role: str) -> bool:
        assert revocation.words is not None and said.words is not None
        about = revocation.words.about
        if revocation.words.role not in (None, role) or about not in (None, change):
            return False
        acts = ("approve", "accept", "honour") if role == DECISION_OWNER else ("approve",)
        if not self._is_signed(said, change, role, acts):
            return False
        return said.by == revocation.by or (about is not None and revocation.by in self.may_sign(role))

    # ---- who objects

    def is_disputed(self, change: Change) -> bool:
        return bool(self._standing(change))

    def _standing(self, change: Change) -> list[Objection]:
        found = {*self.objections, *self._objections()}
        return [o for o in found if o.place == change.place and not self._is_taken_back(o)]

    def _objections(self) -> Iterator[Objection]:
        """Those that there were, and those that surely are: by somebody of a team that it concerns, about something
        that was to be seen.
        """
        yield from self.objections
        for said in self.said:
            if said.words is None or said.words.act != "object" or not said.stands:
                continue
            seen = [shown for shown in self.lists if shown.at < said.at]
            named = said.words.about
            shown = seen[-1].changes if seen else frozenset()
            meant = [named] if named is not None else [c for c in shown if c.level != "compatible"]
            for change in meant:
                if change in self.present and any(change in one.changes for one in seen):
                    yield from self._objecting(said, change)

    def _objecting(self, said: Said, change: Change) -> Iterator[Objection]:
        assert said.words is not None and said.by is not None
        reader = READ_BY.get(change.place)
        if reader and said.by in self.members[CONSUMERS[reader]] and said.words.role in (None, reader):
            yield Objection(said.by, said.at, change.place, reader)
        elif said.by in self.members[COUNCIL] and said.words.role in (None, DECISION_OWNER):
            yield Objection(said.by, said.at, change.place, DECISION_OWNER)
        elif said.by in self.members[ORDERS] and said.words.role is None:
            yield Objection(said.by, said.at, change.place, "producer-owner")

    def _is_taken_back(self, objection: Objection) -> bool:
        """Perhaps, and then leniently: by any `/revoke` or approval of whoever objects that could be about it."""
        return any(
            said.by == objection.by
            and said.at > objection.at
            and said.stands
            and said.words is not None
            and said.words.act in ("revoke", "approve")
            and (said.words.about is None or said.words.about.place == objection.place)
            for said in self.said
        )


def _about(said: Said) -> Change | None:
    return said.words.about if said.words else None
