"""`/deprecate`: an element is announced to go. It is answered with the lines to commit: nothing pushes for anybody."""

from __future__ import annotations

from datetime import UTC

from bot.contracts import address
from bot.registry.asking.removal import window
from bot.registry.model import Contract, Deprecated
from bot.registry.span import duration
from bot.review.authority import DECISION_OWNER, PRODUCER_OWNER, Authority, listed
from bot.review.commands import Command
from bot.review.outcome import Outcome, Refused
from bot.review.people import Comment, Person
from bot.review.ready_edit import sunset_edit


def deprecate(authority: Authority, comment: Comment, command: Command, person: Person) -> Outcome:
    """For the contract's owner and its decision owner. Without a sunset: the first day that the contract's notice and
    windows leave. Raises Refused.
    """
    contract = _contract(authority, command, person)
    today = comment.created_at.astimezone(UTC).date()
    policy = contract.deprecation
    first = window(today + duration(policy.notice), policy.windows)
    sunset = command.until or first
    if entry := _announced(contract, command.element):
        raise Refused(
            f"`{entry.at}` is announced already, with the sunset {entry.sunset}. To move it later, write "
            f"`/extend {entry.at} to:` and a day."
        )
    if sunset < first:
        raise Refused(
            f"`{contract.id}` promises {policy.notice} of notice, so it can go on {first.isoformat()} at the earliest: "
            f"write `sunset:{first.isoformat()}` or a later day, or leave `sunset:` out."
        )
    if "successor" in policy.require and not command.successor:
        raise Refused(f"`{contract.id}` asks for a successor: add `successor:` and the element to use instead.")
    rest = (("since", today.isoformat()), ("successor", command.successor), ("note", command.note))
    told = "The pull request that brings these lines asks whoever uses it to say that they have seen it."
    if (goes := window(sunset, policy.windows)) != sunset:
        told = f"With {policy.windows} windows it stays until {goes.isoformat()}. {told}"
    edit = sunset_edit(contract.id, command.element, sunset, rest)
    return Outcome(comment, command, True, told, is_told=True, edit=edit)


def _contract(authority: Authority, command: Command, person: Person) -> Contract:
    """The one that is named, or the only one that the person may speak for. Raises Refused."""
    known = authority.contracts
    if command.contract and command.contract not in known:
        listing = listed([f"`{id}`" for id in known], "or")
        raise Refused(f"That contract is not in the registry on the base branch. Write `contract:` and {listing}.")
    asked = [known[command.contract]] if command.contract else list(known.values())
    mine = [contract for contract in asked if _speaks_for(authority, person, contract)]
    if not mine:
        owners = dict.fromkeys(h for contract in asked for h in (contract.owner, contract.decision_owner) if h)
        raise Refused(f"What is to go is announced by whoever owns the contract: {listed(tuple(owners), 'or')}.")
    if len(mine) > 1:
        listing = listed([f"`contract:{contract.id}`" for contract in mine], "or")
        raise Refused(f"More than one contract is yours. Say which it is: add {listing}.")
    return mine[0]


def _speaks_for(authority: Authority, person: Person, contract: Contract) -> bool:
    """Also whoever made the change: a line to commit grants nothing."""
    capacities = (PRODUCER_OWNER, DECISION_OWNER)
    return any(person.id in authority.signers(contract.id, capacity).members for capacity in capacities)


def _announced(contract: Contract, element: str) -> Deprecated | None:
    """The line that gives the element a day already."""
    wanted = address.read(element)
    return next((e for e in contract.deprecated if e.sunset and address.read(e.at) == wanted), None)
