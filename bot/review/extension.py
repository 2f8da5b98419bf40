"""`/extend`: a sunset moves to a later day. Later takes nothing from anybody, so one owner's word is enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.contracts import address
from bot.registry.model import Contract, Deprecated
from bot.review.authority import DECISION_OWNER, PRODUCER_OWNER, Authority, listed
from bot.review.capacity import Capacity
from bot.review.commands import Command
from bot.review.outcome import Outcome, Refused
from bot.review.people import Comment, Person
from bot.review.ready_edit import sunset_edit

_MOST_NAMED = 5


def extend(authority: Authority, comment: Comment, command: Command, person: Person) -> Outcome:
    """A consumer asks; an owner or decision owner confirms, and gets the edit to commit. Raises Refused."""
    if command.until is None:
        raise Refused("Write the day to which the sunset moves: `/extend GET /orders to:2027-03-31`.")
    found = list(_entries(authority, command.element))
    if not found:
        raise Refused(_unknown(authority))
    refusals: list[str] = []
    asked: list[str] = []
    edits: list[str] = []
    for contract, entry in found:
        if entry.sunset is not None and command.until <= date.fromisoformat(entry.sunset):
            refusals.append(
                f"Its sunset in `{contract.id}` is {entry.sunset}, and `/extend` only moves it later. An earlier one "
                "is an edit of the registry, which consumers sign."
            )
        elif any(_speaks_for(authority, person, contract.id, c) for c in (PRODUCER_OWNER, DECISION_OWNER)):
            rest = (("since", entry.since), ("successor", entry.successor), ("note", entry.note))
            edits.append(sunset_edit(contract.id, entry.at, command.until, rest))
        elif any(_speaks_for(authority, person, contract.id, c) for c in _consumers(authority, contract.id)):
            handles = [h for h in (contract.owner, contract.decision_owner) if h]
            asked.append(f"Asked. Somebody from {listed(handles, 'or')} confirms by writing the same.")
        else:
            refusals.append(
                f"A consumer of `{contract.id}` may ask for that, and its owner or decision owner may grant it."
            )
    if not edits and not asked:
        raise Refused(" ".join(dict.fromkeys(refusals)))
    reason = " ".join(dict.fromkeys([*asked, *(["A later sunset needs nobody else: commit this."] if edits else [])]))
    return Outcome(comment, command, True, reason, is_told=True, edit="\n".join(edits))


def _entries(authority: Authority, element: str) -> Iterator[tuple[Contract, Deprecated]]:
    wanted = address.read(element)
    for contract in authority.contracts.values():
        for entry in contract.deprecated:
            if address.read(entry.at) == wanted:
                yield contract, entry


def _unknown(authority: Authority) -> str:
    known = [f"`{entry.at}`" for contract in authority.contracts.values() for entry in contract.deprecated]
    if not known:
        return "Nothing is deprecated in the registry on the base branch, so there is no sunset to move."
    more = ", …" if len(known) > _MOST_NAMED else ""
    return f"That element is not under `deprecated` in the registry. There are {', '.join(known[:_MOST_NAMED])}{more}."


def _consumers(authority: Authority, contract: str) -> Iterator[Capacity]:
    return (Capacity("consumer", consumer.id) for consumer in authority.registry.consumers_of(contract))


def _speaks_for(authority: Authority, person: Person, contract: str, capacity: Capacity) -> bool:
    return person.id in authority.signers(contract, capacity).members
