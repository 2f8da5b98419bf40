"""Can an element be removed?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.contracts import address
from bot.contracts.address import Address
from bot.registry.asking.scope import scope
from bot.registry.asking.users import ContractUsers, User, users_of
from bot.registry.graph.graph import Graph, Node
from bot.registry.impact import Guarantee
from bot.registry.model import Contract, Deprecated
from bot.registry.span import duration


class Answer(StrEnum):
    """`unknown`: nobody can tell from what is registered; somebody has to be asked."""

    YES = "yes"
    NOT_YET = "not yet"
    NO = "no"
    UNKNOWN = "unknown"

    @property
    def order(self) -> int:
        """Higher stands more in the way."""
        return {"yes": 0, "unknown": 1, "not yet": 2, "no": 3}[self.value]


@dataclass(frozen=True, slots=True)
class ContractRemoval:
    """The answer for one contract. reasons and next_steps are sentences.

    from_day: the first day on which it may go, `YYYY-MM-DD`, where only time stands in the way. edit: an entry
    for `deprecated` in the registry, as YAML, where that is the next step.
    """

    contract: str
    answer: Answer
    reasons: tuple[str, ...]
    next_steps: tuple[str, ...]
    users: ContractUsers
    from_day: str | None = None
    edit: str | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """The answer for every contract that has the element; the worst of them counts."""

    element: str
    contracts: tuple[ContractRemoval, ...]
    passed_over: tuple[str, ...] = ()

    @property
    def answer(self) -> Answer:
        return max((found.answer for found in self.contracts), key=lambda answer: answer.order, default=Answer.UNKNOWN)


def can_i_remove(graph: Graph, element: str, today: date, contract: str | None = None) -> Removal:
    """Whether the element can go, why not, and what to do. Raises bot.registry.asking.scope.Unanswerable."""
    asked = scope(graph, element, contract)
    found = tuple(_removal(graph, node, asked.element, element, today) for node in asked.contracts)
    return Removal(element, found, asked.passed_over)


def _removal(graph: Graph, node: Node, element: Address, written: str, today: date) -> ContractRemoval:
    contract, users = node.contract, users_of(graph, node, element, today)
    going = _announced(contract, element)
    earliest = _first_day(contract, going)
    waiting = earliest is not None and today < earliest
    in_use = bool(users.affected or users.private)
    answer = _answer(contract, users, in_use=in_use, waiting=waiting)
    edit = None
    if answer in (Answer.NO, Answer.UNKNOWN) and going is None:
        edit = _edit(contract, written, today)
    return ContractRemoval(
        node.name,
        answer,
        (*_about_users(users), *_about_promise(contract, users), *_about_time(contract, going, earliest, today)),
        tuple(_next_steps(contract, users, answer, going, earliest, edit)),
        users,
        earliest.isoformat() if earliest is not None and waiting else None,
        edit,
    )


def _answer(contract: Contract, users: ContractUsers, *, in_use: bool, waiting: bool) -> Answer:
    if contract.lifecycle == "experimental":
        return Answer.YES
    if waiting:
        return Answer.NOT_YET
    if in_use:
        return Answer.NO
    if users.guarantee is not Guarantee.GUARANTEED:
        return Answer.YES
    if users.possibly or users.private_possibly or not users.consumers:
        return Answer.UNKNOWN
    return Answer.YES


def _announced(contract: Contract, element: Address) -> Deprecated | None:
    """The line that announces the end of the whole element; the latest sunset counts."""
    lines = [entry for entry in contract.deprecated if not entry.proposed and address.matches(entry.at, element)]
    return max(lines, key=lambda entry: entry.sunset or "", default=None)


def _first_day(contract: Contract, going: Deprecated | None) -> date | None:
    """The first day on which what was announced may go: its sunset, at the next window for removals."""
    if going is None or going.sunset is None:
        return None
    return window(date.fromisoformat(going.sunset), contract.deprecation.windows)


def window(day: date, windows: str) -> date:
    """The first day from `day` on that is in a window for removals (`any`, `monthly`, `quarterly`)."""
    if windows == "any" or (day.day == 1 and (windows == "monthly" or day.month % 3 == 1)):
        return day
    month = day.month + 1 if windows == "monthly" else day.month + 3 - (day.month - 1) % 3
    return date(day.year + (month > 12), (month - 1) % 12 + 1, 1)


def _about_users(users: ContractUsers) -> Iterator[str]:
    for user in users.affected:
        yield f"{_who(user)} uses {_what(user)}{_why(user)}."
    if users.private:
        yield f"{_private(users.private)} {'uses' if users.private == 1 else 'use'} it."
    for user in users.possibly:
        yield f"{_who(user)} may use it: it uses {_what(user)}{_why(user)}."
    if users.private_possibly:
        yield f"{_private(users.private_possibly)} may use it."
    if not users.consumers:
        yield "No consumer of this contract is registered: who uses it is unknown."
    elif users.consumers == 1 and not (users.users or users.private or users.private_possibly):
        yield "Its only registered consumer does not use it."
    elif not (users.users or users.private or users.private_possibly):
        yield f"None of its {users.consumers:,} registered consumers uses it."


def _who(user: User) -> str:
    return f"{user.consumer} ({user.owner})" if user.owner else user.consumer


def _what(user: User) -> str:
    if user.elements:
        more = f" and {len(user.elements) - 2:,} more" if len(user.elements) > 2 else ""
        return " and ".join(f"`{element}`" for element in user.elements[:2]) + more
    return "what it assumes there" if user.assumes and not user.proofs else "anything, for all it says"


def _why(user: User) -> str:
    return f" ({user.proofs[0].sentence})" if user.proofs else f" ({user.assumes[0]})" if user.assumes else ""


def _private(number: int) -> str:
    return "A private consumer" if number == 1 else f"{number:,} private consumers"


def _about_promise(contract: Contract, users: ContractUsers) -> Iterator[str]:
    note = f" ({users.guarantee_note})" if users.guarantee_note else ""
    match users.guarantee:
        case Guarantee.GUARANTEED:
            yield f"It is guaranteed{note}."
        case Guarantee.MAY_CHANGE:
            yield f"It is said that it may change{note}."
        case Guarantee.OUT_OF_CONTRACT:
            yield f"It is out of the contract{note}."
    if contract.lifecycle == "experimental":
        yield f"{contract.id} is experimental: its breaks are reported and never held."


def _about_time(contract: Contract, going: Deprecated | None, earliest: date | None, today: date) -> Iterator[str]:
    if going is None:
        yield "It is not announced in `deprecated`."
    elif earliest is None:
        yield f"`{going.at}` is deprecated without a sunset date."
    elif today < earliest:
        windows = f"; with {contract.deprecation.windows} windows it stays until {earliest.isoformat()}"
        yield f"Its sunset is {going.sunset}{windows if earliest.isoformat() != going.sunset else ''}."
    else:
        yield f"Its sunset, {going.sunset}, has passed."


def _next_steps(
    contract: Contract,
    users: ContractUsers,
    answer: Answer,
    going: Deprecated | None,
    earliest: date | None,
    edit: str | None,
) -> Iterator[str]:
    decides = contract.decision_owner or "the decision owner, who is still to be named"
    owners = sorted({user.owner or user.consumer for user in users.affected})
    if answer is Answer.YES:
        if contract.lifecycle != "experimental" and users.guarantee is Guarantee.GUARANTEED:
            yield f"Open the pull request; {decides} signs it."
        else:
            yield "Open the pull request; nobody has to sign it."
        return
    if answer is Answer.NOT_YET and earliest is not None:
        successor = f" to `{going.successor}`" if going is not None and going.successor else ""
        if owners:
            yield f"Ask {_and(owners)} to have moved{successor} by {earliest.isoformat()}."
        yield "Before that day no signature clears it; only a waiver for security or an emergency does."
        return
    if edit:
        yield f"Announce it, with {contract.deprecation.notice} of notice, under `deprecated` of {contract.id}."
    elif going is not None and going.sunset is None:
        yield "Give it a `sunset` date in `deprecated` of the registry."
    if answer is Answer.UNKNOWN:
        if not users.consumers:
            yield f"Ask {decides}: register its consumers, or sign that there are none."
        for user in users.possibly:
            yield f"Ask {user.owner or user.consumer} to name the elements that it uses."
        return
    old = [user for user in users.affected if user.proofs and user.proofs[0].state in ("stale", "declared")]
    for user in old:
        yield f"Ask {user.owner or user.consumer} whether that is still so: {user.proofs[0].sentence}."
    signers = _and([decides, *(owner for owner in owners if owner != decides)])
    yield f"Before they have moved, it takes the signatures of {signers}."


def _edit(contract: Contract, written: str, today: date) -> str:
    """A ready entry for `deprecated`."""
    sunset = window(today + duration(contract.deprecation.notice), contract.deprecation.windows)
    quoted = '"' + written.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f'- at: {quoted}\n  since: "{today.isoformat()}"\n  sunset: "{sunset.isoformat()}"'


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
