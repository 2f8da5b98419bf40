"""A small organisation, its contract and its people, to tell sign-off stories with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.contracts.change import Change, Place
from bot.judge.finding import Finding, Level, Rule, Verdict
from bot.registry.impact import ConsumerImpact, Guarantee, Impact, Reach
from bot.registry.model import Consumer, Contract, Evidence, Registry, Use
from bot.review.decision import decide, published
from bot.review.people import Comment, Commit, Person, Roster
from bot.review.values import Answer, Decision, PublishedDecision, Requirement, RequirementState

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

AUTHOR = Person(1, "ada")
COUNCIL_CARL = Person(2, "carl")
COUNCIL_CORA = Person(3, "cora")
CHECKOUT_CHO = Person(4, "cho")
CHECKOUT_CHE = Person(5, "che")
OWNER_OLA = Person(6, "ola")
MOBILE_MIA = Person(7, "mia")
ADMIN = Person(8, "root")
STRANGER = Person(9, "stranger")
BOT = Person(10, "merge-helper", is_bot=True)

COUNCIL, OWNERS, CHECKOUT, MOBILE = "@acme/api-council", "@acme/orders", "@acme/checkout", "@acme/mobile"

ROSTER = Roster(
    members={
        COUNCIL: (COUNCIL_CARL, COUNCIL_CORA),
        OWNERS: (OWNER_OLA, AUTHOR),
        CHECKOUT: (CHECKOUT_CHO, CHECKOUT_CHE),
        MOBILE: (MOBILE_MIA,),
    },
    admins=(ADMIN,),
)


def contract(**changes: object) -> Contract:
    fields: dict[str, object] = {
        "id": "orders-api",
        "type": "openapi",
        "files": ("api/*.yaml",),
        "owner": OWNERS,
        "decision_owner": COUNCIL,
        **changes,
    }
    return Contract.model_validate(fields)


def consumer(id: str, owner: str | None, kind: str = "pact", **changes: object) -> Consumer:
    use = Use(contract="orders-api", elements=("GET /orders/{id} 200:$.status",), evidence=Evidence(kind=kind))
    return Consumer.model_validate({"id": id, "owner": owner, "uses": (use,), **changes})


CHECKOUT_WEB = consumer("checkout-web", CHECKOUT)
MOBILE_APP = consumer("mobile-app", MOBILE)


def registry(policy: Contract | None = None, consumers: Sequence[Consumer] = (CHECKOUT_WEB,)) -> Registry:
    return Registry(contracts=(policy or contract(),), consumers=tuple(consumers))


def finding(
    level: Level = Level.BREAKING,
    *,
    fact: str = "schema.property.removed",
    element: str = "GET /orders/{id} 200:$.status",
    identity: tuple[str, str] = ("string", ""),
    places: Sequence[str] = (),
    of: str = "orders-api",
    rule: str = "response-property-removed",
    title: str = "status was removed",
    attributes: Mapping[str, str] | None = None,
) -> Finding:
    found = tuple(Place(address, {"direction": "response"}) for address in places or (element,))
    judgement = Rule(rule, level, title, "Readers miss it.", "Keep it.")
    change = Change(fact=fact, element=element, places=found, identity=identity, attributes=attributes or {})
    return Finding(of, change, (Verdict(judgement, level, found),))


def impact(
    what: Finding | None = None,
    reaches: Mapping[str, Reach] | None = None,
    guarantee: Guarantee = Guarantee.GUARANTEED,
) -> Impact:
    what = what or finding()
    reaches = {"checkout-web": Reach.AFFECTED} if reaches is None else reaches
    places = tuple(sorted(place.address for place in what.places))
    consumers = tuple(ConsumerImpact(id, reach, places, uses=()) for id, reach in reaches.items())
    return Impact(what, guarantee, "", consumers)


REMOVED = impact()
CHANGED = impact(finding(fact="schema.type.changed", identity=("string", "integer")))
OTHER = impact(finding(element="GET /orders/{id} 200:$.total"))
RISKY = impact(finding(Level.RISKY, fact="schema.enum.value.added", identity=("", "PAID")))


@dataclass
class Story:
    """One pull request. Every step takes a minute; `publish` is what the bot does after a reconcile."""

    impacts: tuple[Impact, ...] = (REMOVED,)
    rules: Registry | None = field(default_factory=registry)
    roster: Roster = ROSTER
    author: Person | None = AUTHOR
    commits: tuple[Commit, ...] = ()
    pushers: tuple[Person, ...] = ()
    newcomers: frozenset[str] = frozenset()
    gated: bool = True
    is_draft: bool = False
    comments: list[Comment] = field(default_factory=list)
    publications: list[PublishedDecision] = field(default_factory=list)
    now: datetime = NOON

    def decide(self, comments: Iterable[Comment] | None = None) -> Decision:
        return decide(
            impacts=self.impacts,
            registry=self.rules,
            comments=self.comments if comments is None else comments,
            publications=self.publications,
            roster=self.roster,
            author=self.author,
            commits=self.commits,
            pushers=self.pushers,
            newcomers=self.newcomers,
            gated=self.gated,
            now=self.now,
            is_draft=self.is_draft,
        )

    def publish(self) -> PublishedDecision:
        self.now += timedelta(minutes=1)
        self.publications.append(published(self.decide(), self.now, "f" * 40))
        return self.publications[-1]

    def says(self, person: Person | None, body: str, *, edited: bool = False, via_app: bool = False) -> Comment:
        self.now += timedelta(minutes=1)
        number = 100 + len(self.comments)
        url = f"https://github.com/acme/orders/pull/7#issuecomment-{number}"
        comment = Comment("comment", number, person, body, self.now, edited, url, via_app)
        self.comments.append(comment)
        return comment

    def edits(self, comment: Comment, body: str) -> None:
        self.comments[self.comments.index(comment)] = replace(comment, body=body, edited=True)

    def deletes(self, comment: Comment) -> None:
        self.comments.remove(comment)

    def answer(self) -> Answer:
        """The answer to the newest command."""
        return self.decide().answers[-1]


def held(**changes: object) -> Story:
    """A pull request whose decision has been published once."""
    story = Story(**changes)  # type: ignore[arg-type]
    story.publish()
    return story


def signed(**changes: object) -> Story:
    """As `held`, then signed by everybody needed."""
    story = held(**changes)
    story.says(COUNCIL_CARL, "/approve-breaking")
    story.says(CHECKOUT_CHO, "/approve-breaking")
    story.publish()
    return story


def requirement(decision: Decision, who: str = "decision owner") -> Requirement:
    """The only requirement of that capacity."""
    (found,) = [r for r in decision.requirements if str(r.capacity) == who]
    return found


def open_for(decision: Decision) -> list[str]:
    """Capacities that still have to sign, one entry a requirement."""
    return [str(r.capacity) for r in decision.requirements if r.holds]


def state(decision: Decision, who: str = "decision owner") -> RequirementState:
    return requirement(decision, who).state


def asked_only(decision: Decision) -> list[str]:
    return [str(r.capacity) for r in decision.requirements if not r.blocking]


def signers(decision: Decision) -> list[tuple[str, str]]:
    """(who signed, in which capacity) of everything that counts."""
    return [(s.person.login, str(s.capacity)) for r in decision.requirements for s in r.signatures]
