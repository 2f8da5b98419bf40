"""What may happen to a pull request, and in which order: plans, made up by hypothesis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

from tests.model.oracle import ADMINS, CHANGEABLE, COUNCIL, DECISION_OWNER, ORDERS, TEAMS

PEOPLE = tuple(dict.fromkeys([login for team in TEAMS.values() for login in team] + ["mallory", *ADMINS]))
AUTHORS = ("olga", "oskar", "dana", "mallory")
WHO_WROTE, WHO_PUSHED = "(who wrote last)", "(who pushed last)"
"""In place of a login, for whom it makes most difference."""


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
    """Whoever is needed signs. but: for the first or the last of them it is this one who does, and may have no right
    to. way: in which that one is written, as in Say.
    """

    by_id: bool
    but: str | None = None
    first: bool = False
    way: str = "plainly"


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
    """The administrator pushes the same to the base. place: None for all of them, as the head has them or as they were
    promised (`value`).
    """

    place: str | None
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


def happenings() -> st.SearchStrategy[Happening]:
    """Without what takes a repository."""
    number = st.sampled_from((0, 0, 0, 1, 1, 2, 3, 5))
    team, who = st.sampled_from((COUNCIL, COUNCIL, "checkout", "warehouse", ORDERS)), st.sampled_from(_MOVERS)
    kinds: list[st.SearchStrategy[Happening]] = [
        *[_say()] * 6,
        st.builds(SignAll, st.booleans(), st.sampled_from((None, None, *_MOVERS, *AUTHORS)), st.booleans()),
        st.builds(Edit, number, st.booleans()),
        st.builds(Delete, number),
        st.builds(Delete, number),
        st.builds(Join, who, team),
        st.builds(Leave, who, team),
        _value().flatmap(lambda to: st.builds(Push, st.sampled_from(AUTHORS), st.just(to[0]), st.just(to[1]))),
        _value().map(lambda to: Base(*to)),
        st.builds(Wait, st.sampled_from((1, 30, 24 * 5, 24 * 31))),
        st.just(Forget()),
        st.just(Forget()),
    ]
    return st.integers(0, len(kinds) - 1).flatmap(kinds.__getitem__)


def plans(longest: int) -> st.SearchStrategy[list[Step]]:
    """Of what takes no repository."""
    heard: st.SearchStrategy[Hearing] = st.sampled_from(("at once", "at once", "at once", "never"))
    return st.lists(st.builds(Step, happenings(), heard), min_size=longest // 2, max_size=longest)


def rounds(number: int) -> st.SearchStrategy[list[Step]]:
    """Plans for a repository: so many times everybody signs, and then two things happen."""
    heard: st.SearchStrategy[Hearing] = st.sampled_from(("at once",) * 5 + ("never", "twice", "late"))
    signing = st.builds(Step, st.sampled_from(_SIGNING), st.sampled_from(("at once", "at once", "at once", "late")))
    happening = st.builds(Step, st.sampled_from(_KINDS).flatmap(st.sampled_from), heard)
    one = st.tuples(signing, happening, happening)
    return st.lists(one, min_size=number, max_size=number).map(lambda found: [step for r in found for step in r])


_BUT = ("mallory", "mallory", "wanda", "chris", "dana")
_SIGNING = [
    *[SignAll(by_id) for by_id in (True, False) for _ in range(9)],
    *[SignAll(by_id, way=way) for by_id in (True, False) for way in ("app", "hidden")],
    *[SignAll(by_id, but, first) for by_id in (True, False) for but in _BUT for first in (True, False)],
    *[SignAll(by_id, WHO_PUSHED, first=True) for by_id in (True, False) for _ in range(6)],
]

_METHODS: Sequence[Literal["merge", "squash", "rebase"]] = ("merge", "squash", "rebase")
_ROLE = {"waive": "checkout-web"}
_PUSHERS = ("olga", "oskar", "dana", "dana", "dana", "chris", "mallory")
_WHO = (WHO_WROTE, WHO_WROTE, WHO_PUSHED, "mallory", "dana", "chris")
_SAID = [Say(who, act, about, _ROLE.get(act)) for act in _ROLES for who in _SPEAKERS for about in (0, 0, 1)]
_KINDS: Sequence[Sequence[Happening]] = [
    *[_SAID] * 6,
    [Say(who, act, 0, _ROLE.get(act), way) for act in _ROLES for who in _SPEAKERS for way in ("app", "hidden")],
    *[[Edit(number, keeps) for number in (0, 0, 1) for keeps in (True, True, False)]] * 3,
    *[[Delete(0), Delete(0), Delete(1)]] * 3,
    *[[Join(who, team) for who in _WHO for team in (COUNCIL, "checkout")]] * 3,
    *[[Leave(who, team) for who in _WHO for team in (COUNCIL, "checkout")]] * 3,
    *[[Push(who, place, value) for who in _PUSHERS for place, values in CHANGEABLE.items() for value in values]] * 3,
    [Rewind(who, back) for who in _PUSHERS for back in (1, 2)],
    [CatchUp("button"), CatchUp("rebase")],
    *[[Base(None, "head"), Base(None, "promised"), Base("legacy", "gone"), Base("count", "boolean")]] * 2,
    *[[Wait(1), Wait(30), Wait(24 * 5), Wait(24 * 31)]] * 2,
    [Forget(), Forget(), Restart()],
    [Retarget()],
    *[[Merge(past, how) for past in (False, False, True) for how in _METHODS]] * 2,
]
"""What happens, as often as it stands here."""
