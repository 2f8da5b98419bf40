"""A pull request at acme, on the stand-in and with the running bot: plays a plan there, and to the oracle.

Like a person it knows of the bot only what is shown: the comment (ids of findings), the merge box, the records. That
the bot has looked is known from what it asked GitHub.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date

from bot.engine.bypass import BYPASS
from tests.github_standin import App, Comment, Delivery, Issue, PullRequest, Refused, User
from tests.model.files import PROMISED, REGISTRY, SPEC, VALUES, contract, registry
from tests.model.oracle import COUNCIL, TEAMS, Change, Oracle, Said, Words
from tests.model.plan import (
    WHO_PUSHED,
    WHO_WROTE,
    Base,
    CatchUp,
    Delete,
    Edit,
    Forget,
    Happening,
    Hearing,
    Join,
    Leave,
    Merge,
    Push,
    Restart,
    Retarget,
    Rewind,
    Say,
    SignAll,
    Step,
    Wait,
)
from tests.model.shown import ids_shown, is_a_look
from tests.model.wording import last_day, last_words, meaning, signing, written
from tests.shop.world import Shop

FILES = {SPEC: contract(PROMISED), REGISTRY: registry()}
ELSEWHERE = "elsewhere"
"""A branch that is not gated."""

_BETWEEN_STEPS = 240.0
"""Seconds: membership may be what it was three minutes ago."""
_A_DAY = 86_400.0


@dataclass
class Spoken:
    said: Said
    comment: Comment


@dataclass(eq=False)
class OnePull:
    """unheard: something has happened that the bot could not see yet. pushed: who pushed, as far as webhooks told.
    heads: what the branch was, oldest first. ids: of the changes, as the comment showed them.
    """

    shop: Shop
    app: App
    branch: str
    pull: PullRequest
    oracle: Oracle
    unheard: bool = False
    pushed: set[str] = field(default_factory=set)
    heads: list[str] = field(default_factory=list)
    spoken: list[Spoken] = field(default_factory=list)
    known: list[Change] = field(default_factory=list)
    ids: dict[Change, str] = field(default_factory=dict)
    transcript: list[str] = field(default_factory=list)
    _arriving: set[str] = field(default_factory=set)
    _last_pusher: str = "olga"
    _away: int = 0
    _listed: int = 0
    _mark: int = 0
    _steps: int = 0

    # ---- one after the other

    @classmethod
    async def opened(cls, shop: Shop, app: App, first: Push) -> OnePull:
        """By its author, with its first change, from a base on which nothing has changed yet."""
        _as_it_was(shop)
        branch = f"change-{len(shop.orders.pulls) + 1}"
        files = {SPEC: contract({**PROMISED, first.place: first.value})}
        shop.orders.commit(branch, files, author=_user(shop, first.who), message=f"{first.place} is {first.value}")
        pull = shop.orders.open_pull_request(branch, _user(shop, first.who))
        played = cls(shop, app, branch, pull, Oracle(shop.github.clock.now()), _mark=shop.github.mark())
        played.pushed.add(first.who)
        played.heads.append(pull.head_sha)
        await shop.bot.settled()
        played._take_note()
        return played

    async def play(self, step: Step) -> None:
        """Raises AssertionError when something that has to be kept is not."""
        await self.shop.bot.later(_BETWEEN_STEPS)
        self._take_note()
        self._steps += 1
        unseen = self.unheard
        match step.what:
            case Merge():
                await self._merge(step.what, step.heard)
            case Forget() | Restart():
                await self._restart(forget=isinstance(step.what, Forget))
            case Wait(hours):
                await self.shop.bot.later(hours * 3600.0)
            case _:
                with self._told(step.heard):
                    if not isinstance(step.what, Retarget):
                        self._come_back()
                    self._happens(step.what)
                self.unheard = unseen or step.heard in ("never", "late") or isinstance(step.what, Join | Leave)
                await self.shop.bot.settled()
        self._take_note()
        self._log(step)
        self.check()

    def check(self) -> None:
        """What is free to be merged, as far as anybody could know, needs nobody any more."""
        if self.is_open and self.pull.may_merge and not self.unheard:
            assert self.missing() == []

    def missing(self) -> list[tuple[Change, str]]:
        self._see_to_the_oracle()
        return self.oracle.missing() if self.is_gated else []

    async def finish(self) -> None:
        """Nobody is stuck: whoever is needed can still answer, by new comments, and then it is released."""
        if not self.is_open:
            return
        with self._told("late"):
            if not self.is_gated:
                self._happens(Retarget())
        with self._told("at once"):
            self.pull.comment(_user(self.shop, "mallory"), "/recheck")
        await self.shop.bot.later(_BETWEEN_STEPS)
        self._take_note()
        for role, words in last_words([change for change in self.oracle.present if change in self.ids]):
            self._speak(sorted(self.oracle.may_sign(role))[0], words, self._written(words))
        await self.shop.bot.settled()
        self._take_note()
        self._log("finish")
        self.check()
        assert self._has_conflicts or self.pull.may_merge

    async def close(self) -> None:
        self.shop.github.release_webhooks()
        if self.is_open:
            self.pull.close(self.shop.ada)
        await self.shop.bot.settled()

    @property
    def is_open(self) -> bool:
        return self.pull.state == "open"

    @property
    def is_gated(self) -> bool:
        return self.pull.base_branch == "main"

    # ---- merging

    async def _merge(self, what: Merge, heard: Hearing) -> None:
        """By the button, or past the rules; and what has to be on record then."""
        if self._has_conflicts or (not what.past and not self.pull.may_merge):
            return
        if heard != "never":
            self.pushed |= self._arriving
        by_button, missing, sure = self.pull.may_merge, self.missing(), not self.unheard
        if by_button and sure:
            assert missing == []
        with self._told(heard):
            try:
                self.pull.merge(self.shop.ada if what.past else self.shop.olga, bypass=what.past, method=what.method)
            except Refused:  # what it takes in can't be put one by one onto the base
                return
        await self.shop.bot.settled()
        self.shop.github.release_webhooks(self._in_disorder)
        await self.shop.bot.later(_A_DAY)
        rows = await self.shop.bot.services.store.entries(f"acme/orders#{self.pull.number}", BYPASS)
        told = [issue for issue in self._issues() if issue.title.endswith(f"#{self.pull.number}")]
        self.transcript.append(f"merged: missing {missing}, recorded {[row.body['missing'] for row in rows]}")
        if missing or (self.is_gated and sure and not by_button):
            assert len(rows) == 1, "a merge with something missing is on record, once"
            assert [f"@acme/{COUNCIL}" in (issue.body or "") for issue in told] == [True]
        elif sure:
            assert rows == () and told == [], "a merge with nothing missing is no bypass"
        assert len(rows) == len(told)

    def _issues(self) -> Iterator[Issue]:
        return (issue for issue in self.shop.orders.issues.values() if not isinstance(issue, PullRequest))

    # ---- what happens

    def _happens(self, what: Happening) -> None:
        match what:
            case Say():
                self._say(what)
            case SignAll():
                what = replace(what, but=self._whom(what.but) if what.but else None)
                for who, words, way in signing(self.oracle, what) if self.is_gated else ():
                    if words.about is None or words.about in self.ids:
                        self._write(who, words, way)
            case Edit(number, keeps):
                self._edit(number, keeps=keeps)
            case Delete(number):
                self._delete(number)
            case Join(who, team):
                self.shop.teams[team].add(_user(self.shop, self._whom(who)))
            case Leave(who, team):
                user = _user(self.shop, self._whom(who))
                own = [name for name in TEAMS if user in self.shop.teams[name].members]
                self.shop.teams[team if team in own or not own else own[0]].remove(user)
            case Push(who, place, value):
                self._push(who, place, value)
            case Rewind(who, back):
                self._rewind(who, back)
            case CatchUp(by):
                self._catch_up(by)
            case Base(place, value):
                self._commit_to_base(place, value)
            case Retarget():
                self.pull.retarget(self.shop.olga, ELSEWHERE if self.is_gated else "main")

    def _come_back(self) -> None:
        """Elsewhere nothing is asked, so nobody stays there for long."""
        self._away = 0 if self.is_gated else self._away + 1
        if self._away > 1:
            self.pull.retarget(self.shop.olga, "main")

    def _whom(self, named: str) -> str:
        if named == WHO_WROTE:
            author = self.spoken[-1].comment.author if self.spoken else None
            return author.login if author else "mallory"
        return self._last_pusher if named == WHO_PUSHED else named

    def _say(self, what: Say) -> None:
        now = self.shop.github.clock.now()
        words = meaning(what, [change for change in self.known if change in self.ids], now)
        if words is not None:
            self._write(what.who, words, what.way)

    def _write(self, who: str, words: Words, way: str) -> None:
        body = self._written(words)
        if way == "hidden":
            self._speak(who, None, f"> {body}")
        else:
            self._speak(who, words, body, via=self.app if way == "app" else None)

    def _speak(self, who: str, words: Words | None, body: str, via: App | None = None) -> None:
        comment = self.pull.comment(_user(self.shop, who), body, via=via)
        said = self.oracle.say(None if via else who, comment.created_at, words)
        self.spoken.append(Spoken(said, comment))

    def _written(self, words: Words) -> str:
        return written(words, self._day, self.ids)

    @property
    def _day(self) -> date:
        return last_day(self.shop.github.clock.now())

    def _edit(self, number: int, *, keeps: bool) -> None:
        there = [one for one in self.spoken if not one.said.deleted]
        if not there:
            return
        one = there[-1 - number % len(there)]
        assert one.comment.author is not None
        one.comment.edit(one.comment.author, f"{one.comment.body} " if keeps else "Never mind.")
        one.said.edited = True
        one.said.words = one.said.words if keeps else None

    def _delete(self, number: int) -> None:
        there = [one for one in self.spoken if not one.said.deleted]
        if there:
            one = there[-1 - number % len(there)]
            assert one.comment.author is not None
            one.comment.delete(one.comment.author)
            one.said.deleted = True

    def _push(self, who: str, place: str, value: str) -> None:
        before = self._values(self.pull.head_sha)
        files = {SPEC: contract({**before, place: value})}
        if before[place] != value:
            self.shop.orders.commit(self.branch, files, author=_user(self.shop, who), message=f"{place} is {value}")
            self._has_moved(who)

    def _rewind(self, who: str, back: int) -> None:
        if len(self.heads) > 1:
            sha = self.heads[max(0, len(self.heads) - 1 - back)]
            if sha == self.pull.head_sha:
                return
            self.shop.orders.push(self.branch, sha, _user(self.shop, who), force=True)
            brought_the_base = len(self.shop.orders.git.info(sha).parents) > 1  # by the button, and nobody's own
            self._has_moved("olga" if brought_the_base else who)

    def _catch_up(self, by: str) -> None:
        with suppress(Refused):  # conflicts
            before = self.pull.head_sha
            if by == "rebase":
                self.pull.rebase(self.shop.olga)
            elif not self.shop.orders.git.is_ancestor(self.pull.base_tip, before):
                self.pull.update_branch(self.shop.olga)
            if self.pull.head_sha != before:
                self._has_moved("olga")

    def _has_moved(self, who: str) -> None:
        self._last_pusher = who
        self.heads.append(self.pull.head_sha)
        self._arriving.add(who)

    def _commit_to_base(self, place: str | None, value: str) -> None:
        before = self._values(self.pull.base_tip)
        values = {**before, place: value} if place else self._values(self.pull.head_sha)
        if place is None and value == "promised":
            values = dict(PROMISED)
        if before != values:
            files = {SPEC: contract(values)}
            self.shop.orders.commit(self.pull.base_branch, files, author=self.shop.ada, message=f"{place}: {value}")

    async def _restart(self, *, forget: bool) -> None:
        await self.shop.restart(forget=forget)
        if forget:
            self.pushed = set()

    # ---- what the bot hears

    @contextmanager
    def _told(self, heard: Hearing) -> Iterator[None]:
        """What happens inside is brought to the bot like that."""
        self.shop.github.hold_webhooks()
        yield
        if heard == "late":
            return
        if heard == "never":
            self._arriving = set()
        self.pushed |= self._arriving
        self._arriving = set()
        orders: dict[Hearing, Callable[[list[Delivery]], Sequence[Delivery]]] = {
            "at once": self._in_disorder,
            "twice": lambda held: [*held, *held],
            "never": lambda _: [],
        }
        self.shop.github.release_webhooks(orders[heard])

    def _in_disorder(self, held: list[Delivery]) -> Sequence[Delivery]:
        mixed = list(held)
        random.Random(self._steps).shuffle(mixed)
        return mixed

    # ---- what there is to see

    def _take_note(self) -> None:
        """Of what the bot has looked at and shown since we last did."""
        requests, self._mark = self.shop.github.requests_since(self._mark), self.shop.github.mark()
        self._see_to_the_oracle()
        if self.is_open and any(is_a_look(request, self.pull.number) for request in requests):
            self.unheard = False
            self.oracle.looked(self.oracle.now, gated=self.is_gated)
            self._read_ids()

    def _see_to_the_oracle(self) -> None:
        self.oracle.now = self.shop.github.clock.now()
        self.oracle.members = {name: {user.login for user in self.shop.teams[name].members} for name in TEAMS}
        own = [commit for commit in self.pull.commits() if len(commit.parents) == 1]
        authors = {user.login for commit in own if (user := self.shop.orders.account_of(commit.author))}
        self.oracle.hand = {"olga", *authors, *self.pushed}
        base, tip, head = map(self._values, (self.pull.merge_base, self.pull.base_tip, self.pull.head_sha))
        present = [
            Change(place, base[place], head[place])
            for place in PROMISED
            if head[place] not in (base[place], tip[place])
        ]
        self.oracle.present = frozenset(present)
        new = sorted(self.oracle.present.difference(self.known), key=str)
        gone = [change for change in self.known if change not in self.oracle.present]
        self.known = [*new, *(change for change in self.known if change not in gone), *gone]

    def _read_ids(self) -> None:
        at = {change.place: change for change in self.oracle.present}
        for place, id in ids_shown(self.shop.comment(self.pull)).items():
            assert self.ids.setdefault(at[place], id) == id, "an id is for one change, for ever"

    def _values(self, sha: str) -> dict[str, str]:
        entry = self.shop.orders.git.entry(sha, SPEC)
        assert entry is not None
        return dict(VALUES[self.shop.orders.git.data(entry.sha).decode()])

    @property
    def _has_conflicts(self) -> bool:
        return self.shop.orders.git.merged_tree(self.pull.base_tip, self.pull.head_sha) is None

    def _log(self, step: object) -> None:
        runs = self.shop.checks(self.pull)
        self.transcript.append(f"{self.oracle.now:%d %b %H:%M} {step}: {runs[-1].title if runs else 'no check'}")
        for one in self.spoken[self._listed :]:
            self.transcript.append(f"    {one.comment.author and one.comment.author.login}: {one.comment.body}")
        self._listed = len(self.spoken)


def _as_it_was(shop: Shop) -> None:
    """Teams, base and the branch that is not gated, whatever an earlier plan has made of them."""
    for name, logins in TEAMS.items():
        team = shop.teams[name]
        for user in [user for user in team.members if user.login not in logins]:
            team.remove(user)
        team.add(*(_user(shop, login) for login in logins))
    sha = shop.orders.commit("main", FILES, author=shop.ada, message="As it was")
    shop.orders.push(ELSEWHERE, sha, shop.ada, force=True)


def _user(shop: Shop, login: str) -> User:
    return shop.github.user(login)
