"""Who may sign in which capacity: handles from the registry, people from the roster, less those who made the change."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.registry.model import Consumer, Contract, Registry
from bot.review.capacity import Capacity
from bot.review.people import Commit, Person, Roster

DECISION_OWNER = Capacity("decision_owner")
VERIFICATION_OWNER = Capacity("verification_owner")
PRODUCER_OWNER = Capacity("producer_owner")

_OWNER = "the contract's owner"

_Link = tuple[str, str | None, tuple[Person, ...] | None]
"""Role, handle, and who is behind it (None: GitHub does not know it)."""


@dataclass(frozen=True, slots=True)
class Signers:
    """Who may sign one requirement, asked of GitHub now.

    handles: whom to ask. people: who of them may sign, sorted by login. members: `people` and those of the handles whom
    the exclusions keep from signing (they may still take a signature back).
    needed: how many different people must sign. note: a sentence when somebody stands in, or nobody is there.
    """

    handles: tuple[str, ...]
    people: tuple[Person, ...]
    members: frozenset[int]
    needed: int
    note: str = ""


def had_a_hand(
    author: Person | None, pushers: Sequence[Person] = (), commits: Sequence[Commit] = ()
) -> Mapping[int, str]:
    """By person id, what they did to the change that keeps them from signing it (signoff, hard case 4).

    Commits that touch neither a contract nor the registry exclude nobody, nor do merges of the base that GitHub made.
    """
    roles: dict[int, str] = {}
    for commit in commits:
        if not commit.touches or commit.base_merge:
            continue
        for index, person in enumerate(commit.people):
            if person is not None:
                role = "author" if index == 0 else "committer"
                what = f"the {role} of commit {commit.sha[:7]}, which changes a contract or the registry"
                roles.setdefault(person.id, what)
    for person in pushers:
        roles.setdefault(person.id, "the one who pushed to this pull request")
    if author is not None:
        roles.setdefault(author.id, "the author of this pull request")
    return roles


def merely_named(
    author: Person | None, pushers: Sequence[Person] = (), commits: Sequence[Commit] = ()
) -> frozenset[int]:
    """By person id, who is excluded by nothing but the text of a commit, which whoever makes it can write as they like.

    GitHub itself knows who opened the pull request and who pushed.
    """
    return frozenset(had_a_hand(author, pushers, commits).keys() - had_a_hand(author, pushers).keys())


def updates(pushed: Collection[str], commits: Sequence[Commit]) -> frozenset[str]:
    """Of the pushed heads, those that somebody only made by the button "Update branch": they brought the base, and
    nothing of their own.

    pushed: every head that was pushed. commits: oldest first. The button sets out from a head that was pushed before: a
    merge by GitHub that arrives together with what it merges was made elsewhere, and is a push like any other.
    """
    found: set[str] = set()
    for commit in commits:
        if commit.base_merge and commit.parents and (commit.parents[0] in pushed or commit.parents[0] in found):
            found.add(commit.sha)
    return frozenset(found.intersection(pushed))


class Authority:
    """Answers who may sign, for every contract and capacity of one pull request."""

    def __init__(
        self,
        registry: Registry,
        roster: Roster,
        excluded: Mapping[int, str],
        merely_named: Collection[int] = frozenset(),
    ) -> None:
        """merely_named: of the excluded, those whom nothing but commits name (`merely_named`)."""
        self.registry = registry
        self.contracts: Mapping[str, Contract] = {contract.id: contract for contract in registry.contracts}
        self.consumers: Mapping[str, Consumer] = {consumer.id: consumer for consumer in registry.consumers}
        self._roster = roster
        self._excluded = excluded
        self._merely_named = merely_named
        self._known: dict[tuple[str, Capacity, int], Signers] = {}

    def signers(self, contract: str, capacity: Capacity, needed: int | None = None) -> Signers:
        """Nobody, for a contract that the registry does not have.

        needed: how many people must sign; the contract's quorum for the decision owner, and one for all others.
        """
        policy = self.contracts.get(contract)
        if policy is None:
            return Signers((), (), frozenset(), 1)
        if needed is None:
            needed = policy.signoff.quorum if capacity == DECISION_OWNER else 1
        key = (contract, capacity, needed)
        if key not in self._known:
            self._known[key] = self._found(policy, self._chain(policy, capacity), needed)
        return self._known[key]

    def waivers(self, contract: str, needed: int | None = None) -> Signers:
        """Who may waive: one of those whom the organisation's floors name, else the decision owner (needed: as for
        `signers`).
        """
        policy = self.contracts.get(contract)
        floors = self.registry.floors
        if policy is None or floors is None or not floors.may_waive:
            return self.signers(contract, DECISION_OWNER, needed)
        named = [self._link("the organisation's floors name", handle) for handle in floors.may_waive]
        return self._found(policy, iter([named]), 1)

    def is_known(self, contract: str, capacity: Capacity) -> bool:
        """Whether GitHub says who is behind those who are asked first. If not, others stand in for a while."""
        policy = self.contracts.get(contract)
        first = next(iter(self._chain(policy, capacity)), ()) if policy is not None else ()
        return not any(handle is not None and found is None for _, handle, found in first)

    def for_silent(self, contract: str) -> Signers:
        """Who may sign for a consumer that does not answer: one person of the decision owner."""
        return self.signers(contract, DECISION_OWNER, 1)

    def excludes(self, contract: str, person: Person) -> str | None:
        """What the person did that keeps them from signing for this contract, or None."""
        policy = self.contracts.get(contract)
        if policy is not None and policy.signoff.author_may_approve:
            return None
        return self._excluded.get(person.id)

    def _found(self, contract: Contract, chain: Iterator[Sequence[_Link]], needed: int) -> Signers:
        """Down the chain until there are enough people. Links that stand together are all asked.

        Those who own the contract do not come in for people whom a commit of theirs merely names.
        """
        handles: list[str] = []
        people: dict[int, Person] = {}
        members: set[int] = set()
        passed_over: list[str] = []
        written_out = False
        for links in chain:
            reasons: list[str] = []
            if written_out and links[0][0] == _OWNER:
                passed_over.append(f"{_OWNER} does not come in for those whom commits merely name")
                continue
            for role, handle, found in links:
                humans = [person for person in found or () if not is_bot(person)]
                able = [person for person in humans if self.excludes(contract.id, person) is None]
                written_out = written_out or any(p.id in self._merely_named for p in humans if p not in able)
                new = [person for person in able if person.id not in people]
                members.update(person.id for person in humans)
                if new:
                    handles.extend((handle,) if handle else (f"@{person.login}" for person in new))
                    people.update((person.id, person) for person in new)
                reasons.append(_why_not(role, handle, found, humans, able, needed))
            if len(people) >= needed:
                break
            passed_over += reasons
        ordered = tuple(sorted(people.values(), key=lambda person: (person.login.lower(), person.id)))
        note = _note(passed_over, handles, enough=len(people) >= needed, needed=needed)
        return Signers(tuple(dict.fromkeys(handles)), ordered, frozenset(members), needed, note)

    def _chain(self, contract: Contract, capacity: Capacity) -> Iterator[Sequence[_Link]]:
        """In the order in which they are asked. The producer objects for itself only: nobody stands in."""
        if capacity == PRODUCER_OWNER:
            yield [self._link(_OWNER, contract.owner)]
            return
        if capacity.consumers:
            known = [self.consumers.get(consumer) for consumer in capacity.consumers]
            yield [self._link("the consumer's owner", one.owner if one else None) for one in known]
        elif capacity == VERIFICATION_OWNER:
            yield [self._link("the verification owner", contract.verification_owner)]
        yield [self._link("the decision owner", contract.decision_owner)]
        yield [self._link(_OWNER, contract.owner)]
        if self._roster.fallback is not None:
            yield [self._link("the organisation's fallback", self._roster.fallback)]
        yield [("the repository's administrators", None, self._roster.admins)]

    def _link(self, role: str, handle: str | None) -> _Link:
        return role, handle, self._roster.members.get(handle) if handle else None


def is_bot(person: Person) -> bool:
    """GitHub writes bots' logins with a `[bot]` suffix in REST and without it in GraphQL, where the type tells."""
    return person.is_bot or person.login.endswith("[bot]")


def listed(names: Sequence[str], joint: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joint} {names[-1]}" if names else "nobody"


def _why_not(
    role: str,
    handle: str | None,
    found: tuple[Person, ...] | None,
    humans: Sequence[Person],
    able: Sequence[Person],
    needed: int,
) -> str:
    name = f"{role} {handle}" if handle else role
    if handle is None and found is None:
        return f"{role} is not set"
    if found is None:
        return f"{name} could not be found on GitHub"
    if able:
        return f"{name} has {len(able)} of the {needed} people needed"
    if humans:
        return f"everybody behind {name} had a hand in this change"
    return f"there are no people behind {name}"


def _note(passed_over: Sequence[str], handles: Sequence[str], *, enough: bool, needed: int) -> str:
    if not passed_over:
        return ""
    reasons = "; ".join(passed_over)
    if enough:
        return f"{reasons[0].upper()}{reasons[1:]}; so {listed(tuple(dict.fromkeys(handles)))} may sign."
    people = "nobody is left who may sign" if not handles else f"fewer than the {needed} people needed may sign"
    return f"{reasons[0].upper()}{reasons[1:]}; {people}, and the change stays held until somebody can."
