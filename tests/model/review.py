"""A pull request without GitHub: the real `decide` behind the words and facts of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.judge.finding import Level
from bot.registry.impact import Impact, Reach
from bot.review.decision import decide, published
from bot.review.people import Comment, Commit, Person, Roster
from bot.review.seal import restored, seal
from bot.review.values import Decision, PublishedDecision
from tests.model.oracle import (
    ADMINS,
    CHANGEABLE,
    CONSUMERS,
    COUNCIL,
    ORDERS,
    READ_BY,
    Change,
    Oracle,
    Said,
    Words,
    changes,
)
from tests.model.plan import (
    PEOPLE,
    Base,
    Delete,
    Edit,
    Forget,
    Happening,
    Join,
    Leave,
    Push,
    Say,
    SignAll,
    Step,
    Wait,
)
from tests.model.wording import last_day, last_words, meaning, signing, written
from tests.review.story import consumer, contract, finding, impact, registry

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PERSON = {login: Person(number, login) for number, login in enumerate(PEOPLE, 1)}
RULES = registry(
    contract(owner=f"@acme/{ORDERS}", decision_owner=f"@acme/{COUNCIL}"),
    [consumer(id, f"@acme/{team}") for id, team in CONSUMERS.items()],
)
SUBJECT, KEY = "1/1", b"the key of the seal"

_LEVELS = {level.value: level for level in Level}


def impact_of(change: Change) -> Impact:
    reader = READ_BY.get(change.place)
    found = finding(
        _LEVELS[change.level], element=f"GET /{change.place} 200:$.x", identity=(change.before, change.after)
    )
    reaches = {id: Reach.AFFECTED if id == reader else Reach.NOT for id in CONSUMERS}
    return impact(found, reaches)


def id_of(change: Change) -> str:
    (found,) = decide(
        impacts=[impact_of(change)],
        registry=None,
        comments=(),
        publications=(),
        roster=Roster(),
        author=None,
        commits=(),
        gated=False,
        now=MONDAY,
    ).findings
    return found.id


IDS = {
    change: id_of(change)
    for place, values in CHANGEABLE.items()
    for before in values
    for after in values
    if before != after
    for change in [Change(place, before, after)]
}


@dataclass
class Review:
    """Plays a plan, to the product and to the oracle."""

    oracle: Oracle = field(default_factory=lambda: Oracle(MONDAY, hand={"olga"}))
    base: dict[str, str] = field(default_factory=lambda: {place: values[0] for place, values in CHANGEABLE.items()})
    head: dict[str, str] = field(default_factory=dict)
    comments: list[Comment | None] = field(default_factory=list)
    commits: list[Commit] = field(default_factory=list)
    pushers: list[Person] = field(default_factory=list)
    publications: list[PublishedDecision] = field(default_factory=list)
    known: list[Change] = field(default_factory=list)
    block: str = ""
    now: datetime = MONDAY

    def __post_init__(self) -> None:
        self.head = dict(self.base)

    def play(self, step: Step) -> Decision | None:
        """What the bot makes of it, if it hears of it."""
        self._happens(step.what)
        return self.look() if step.told else None

    def look(self) -> Decision:
        """The bot looks, decides and shows."""
        decision = self.decide()
        self._tick()
        self.publications.append(published(decision, self.now, "f" * 40))
        self.block = seal(decision, SUBJECT, KEY)
        self.oracle.looked(self.now)
        return decision

    def decide(self) -> Decision:
        members = {f"@acme/{team}": self._people(found) for team, found in self.oracle.members.items()}
        return decide(
            impacts=[impact_of(change) for change in sorted(self.oracle.present, key=str)],
            registry=RULES,
            comments=[comment for comment in self.comments if comment is not None],
            publications=self.publications,
            roster=Roster(members, self._people(ADMINS)),
            author=PERSON["olga"],
            commits=self.commits,
            gated=True,
            now=self.now,
            pushers=self.pushers,
        )

    def say(self, who: str, words: Words | None, body: str, *, via_app: bool = False) -> Said:
        self._tick()
        number = len(self.comments) + 1
        url = f"https://github.com/acme/orders/pull/1#issuecomment-{number}"
        self.comments.append(Comment("comment", number, PERSON[who], body, self.now, False, url, via_app))
        return self.oracle.say(None if via_app else who, self.now, words)

    # ---- one after the other

    def _happens(self, what: Happening) -> None:
        self._tick()
        match what:
            case Say():
                self._say(what)
            case SignAll():
                for who, words, way in signing(self.oracle, what):
                    self._write(who, words, way)
            case Edit(number, keeps):
                self._edit(number, keeps=keeps)
            case Delete(number):
                self._delete(number)
            case Join(who, team):
                self.oracle.members[team].add(who)
            case Leave(who, team):
                self.oracle.members[team].discard(who)
            case Push(who, place, value):
                self._push(who, place, value)
            case Base(str(place), value):
                self.base[place] = value
                self._compare()
            case Wait(hours):
                self.now += timedelta(hours=hours)
                self.oracle.now = self.now
            case Forget():
                self.publications = list(restored(self.block, SUBJECT, [KEY]))

    def _say(self, what: Say) -> None:
        words = meaning(what, self.known, self.now)
        if words is not None:
            self._write(what.who, words, what.way)

    def _write(self, who: str, words: Words, way: str) -> None:
        body = written(words, last_day(self.now), IDS)
        if way == "hidden":
            self.say(who, None, f"> {body}")
        else:
            self.say(who, words, body, via_app=way == "app")

    def finish(self) -> None:
        """Whoever is needed writes whatever it can take: a ruling, should somebody object, and approvals."""
        for role, words in last_words(self.oracle.present):
            self.say(sorted(self.oracle.may_sign(role))[0], words, written(words, last_day(self.now), IDS))

    def words(self) -> list[str]:
        return [comment.body if comment else "(deleted)" for comment in self.comments]

    def _edit(self, number: int, *, keeps: bool) -> None:
        there = [index for index, comment in enumerate(self.comments) if comment is not None]
        if not there:
            return
        index = there[-1 - number % len(there)]
        comment, said = self.comments[index], self.oracle.said[index]
        assert comment is not None
        said.edited = True
        body = f"{comment.body} " if keeps else "Never mind."
        said.words = said.words if keeps else None
        self.comments[index] = replace(comment, body=body, edited=True)

    def _delete(self, number: int) -> None:
        there = [index for index, comment in enumerate(self.comments) if comment is not None]
        if there:
            index = there[-1 - number % len(there)]
            self.comments[index] = None
            self.oracle.said[index].deleted = True

    def _push(self, who: str, place: str, value: str) -> None:
        self.head[place] = value
        sha = f"{len(self.commits) + 1:040x}"
        self.commits.append(Commit(sha, (PERSON[who], PERSON[who])))
        self.pushers.append(PERSON[who])
        self.oracle.hand.add(who)
        self._compare()

    def _compare(self) -> None:
        self.oracle.present = changes(self.base, self.head)
        new = sorted(self.oracle.present - set(self.known), key=str)
        gone = [change for change in self.known if change not in self.oracle.present]
        self.known = [*new, *(change for change in self.known if change not in gone), *gone]

    def _tick(self) -> None:
        self.now += timedelta(minutes=1)
        self.oracle.now = self.now

    def _people(self, logins: object) -> tuple[Person, ...]:
        assert isinstance(logins, (set, tuple))
        return tuple(PERSON[login] for login in sorted(logins))
