"""What may happen to a pull request, and in which order: plans, made up by hypothesis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

from tests.model.oracle import ADMINS, CHANGEABLE, COUNCIL, DECISION_OWNER, ORDERS, TEAMS

PEOPLE = tuple(dict.fromkeys([login for team in TEAMS.values() for login in team] + ["mallory", *ADMINS]))
AUTHORS = ("olga", "oskar", "dana", "mallory")


@dataclass(frozen=True, slots=True)
class Say:
    """about: which of the changes that there are or were, the newest first; None is a bare command.
    way: `app` wrote it in the person's name; `hidden` is not what a reader sees as a command.
    """

    who: str
    act: str
    about: int | None = None
    role: str | None = None
    way: str = "plainly"


@dataclass(frozen=True, slots=True)
class SignAll:
    """Whoever is needed signs. but: for the last of them it is this one who does, and may have no right to."""

    by_id: bool
    but: str | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """number: among the comments that there are, from the newest. keeps: only a word is added."""

    number: int
    keeps: bool


@dataclass(frozen=True, slots=True)
class Delete:
    number: int


@dataclass(frozen=True, slots=True)
class Join:
    who: str
    team: str


@dataclass(frozen=True, slots=True)
class Leave:
    who: str
    team: str


@dataclass(frozen=True, slots=True)
class Push:
    """A commit on the branch by which a place is now like that."""

    who: str
    place: str
    value: str


@dataclass(frozen=True, slots=True)
class Rewind:
    """A force-push to what the branch was before. back: how many heads ago."""

    who: str
    back: int


@dataclass(frozen=True, slots=True)
class CatchUp:
    """The author takes in what the base has by now. by: the button "Update branch", or a rebase at home."""

    by: Literal["button", "rebase"]


@dataclass(frozen=True, slots=True)
class Base:
    """The administrator pushes the same to the base."""

    place: str
    value: str


@dataclass(frozen=True, slots=True)
class Wait:
    hours: int


@dataclass(frozen=True, slots=True)
class Forget:
    """The database is lost."""


@dataclass(frozen=True, slots=True)
class Restart:
    """The bot is stopped and started again."""


@dataclass(frozen=True, slots=True)
class Retarget:
    """Onto a branch that nobody watches, or back."""


@dataclass(frozen=True, slots=True)
class Merge:
    """By the button. past: by an administrator who does not wait for the check."""

    past: bool
    method: Literal["merge", "squash", "rebase"] = "merge"


Happening = (
    Say
    | SignAll
    | Edit
    | Delete
    | Join
    | Leave
    | Push
    | Rewind
    | CatchUp
    | Base
    | Wait
    | Forget
    | Restart
    | Retarget
    | Merge
)
Hearing = Literal["at once", "never", "twice", "late"]
"""How the bot is told: late is together with what comes next, and in any order."""


@dataclass(frozen=True, slots=True)
class Step:
    what: Happening
    heard: Hearing = "at once"

    @property
    def told(self) -> bool:
        return self.heard != "never"


_ROLES: Mapping[str, Sequence[str | None]] = {
    "approve": (None, None, None, DECISION_OWNER, "checkout-web", "warehouse"),
    "object": (None, None, "checkout-web", DECISION_OWNER),
    "revoke": (None, None, None, "checkout-web", DECISION_OWNER),
    "accept": (None,),
    "reject": (None,),
    "honour": (None,),
    "waive": ("checkout-web", "warehouse"),
    "compatible": (None,),
    "breaking": (None,),
}
_NAMES_ONE = ("compatible", "breaking")


_SPEAKERS = ("dana", "dana", "dana", "devi", "chris", "chris", "chris", "cleo", "wanda", "oskar", "mallory", "mallory")
_MOVERS = ("dana", "chris", "wanda", "mallory", "devi", "cleo")


def _say() -> st.SearchStrategy[Say]:
    def of(act: str) -> st.SearchStrategy[Say]:
        number = st.sampled_from((0, 0, 0, 1, 2))
        return st.builds(
            Say,
            st.sampled_from((*_SPEAKERS, "olga", "ada")),
            st.just(act),
            number if act in _NAMES_ONE else st.one_of(st.none(), number),
            st.sampled_from(_ROLES[act]),
            st.sampled_from(("plainly",) * 10 + ("app", "hidden")),
        )

    usual = ("approve", "approve", "approve", "object", "revoke", "accept")
    return st.sampled_from((*usual, *_ROLES)).flatmap(of)


def _value() -> st.SearchStrategy[tuple[str, str]]:
    return st.sampled_from([(place, value) for place, values in CHANGEABLE.items() for value in values])


def _sign_all() -> st.SearchStrategy[SignAll]:
    return st.builds(SignAll, st.booleans(), st.sampled_from((None, None, *_MOVERS, *AUTHORS)))


def happenings(*, alone: bool) -> st.SearchStrategy[Happening]:
    """alone: without what takes a repository."""
    number = st.sampled_from((0, 0, 0, 1, 1, 2, 3, 5))
    team, who = st.sampled_from((COUNCIL, COUNCIL, "checkout", "warehouse", ORDERS)), st.sampled_from(_MOVERS)
    kinds: list[st.SearchStrategy[Happening]] = [
        *[_say()] * (6 if alone else 4),
        *[_sign_all()] * (1 if alone else 6),
        st.builds(Edit, number, st.booleans()),
        st.builds(Delete, number),
        st.builds(Delete, number),
        st.builds(Join, who, team),
        st.builds(Leave, who, team),
        _value().flatmap(lambda to: st.builds(Push, st.sampled_from(AUTHORS), st.just(to[0]), st.just(to[1]))),
        _value().map(lambda to: Base(*to)),
        st.builds(Wait, st.sampled_from((1, 30, 24 * 5, 24 * 31))),
        st.just(Forget()),
        *([st.just(Forget())] if alone else _with_a_repository()),
    ]
    return st.integers(0, len(kinds) - 1).flatmap(kinds.__getitem__)


def _with_a_repository() -> list[st.SearchStrategy[Happening]]:
    return [
        st.builds(Rewind, st.sampled_from(AUTHORS), st.sampled_from((1, 1, 2))),
        st.builds(CatchUp, st.sampled_from(("button", "rebase"))),
        st.just(Restart()),
        st.just(Retarget()),
        st.just(Retarget()),
        st.builds(Merge, st.sampled_from((False, False, True)), st.sampled_from(("merge", "squash", "rebase"))),
    ]


def plans(longest: int, *, alone: bool) -> st.SearchStrategy[list[Step]]:
    more: tuple[Hearing, ...] = () if alone else ("at once", "twice", "late", "late")
    heard = st.sampled_from(("at once", "at once", "at once", "never", *more))
    return st.lists(st.builds(Step, happenings(alone=alone), heard), min_size=longest // 2, max_size=longest)
