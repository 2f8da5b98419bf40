"""What only the decision owner says: rulings, which end a dispute, and waivers, which do without a signature."""

from __future__ import annotations

from collections.abc import Sequence

from bot.review.authority import DECISION_OWNER, listed
from bot.review.case import Case, written
from bot.review.commands import Command
from bot.review.outcome import Outcome, Refused, is_past
from bot.review.people import Comment, Person
from bot.review.ready_edit import ruling_edit
from bot.review.selection import is_for, select
from bot.review.values import Requirement

SETS_ASIDE_A_SUNSET = frozenset({"security", "emergency"})
"""Reasons that let something go before the day until which it was promised."""
OBJECTED = (
    "Somebody objects, so neither an approval nor a waiver decides: write `/rule accept`, `/rule reject` or "
    "`/rule honour-until 2026-12-31`, the id, and ` -- ` with the reason."
)


def rule(case: Case, comment: Comment, command: Command, person: Person) -> Outcome:
    """Ends the disputes that were there when it was written. Raises Refused, Unselectable.

    An earlier ruling or approval is taken back by one that holds, and stays so: deleting a comment releases nothing.
    """
    act = command.ruling
    if act is None:
        raise Refused("Write `/rule accept`, `/rule reject` or `/rule honour-until 2026-12-31`, and the reason.")
    if act == "honour-until" and is_past(command, comment):
        raise Refused(f"{command.until} was over when you wrote this. Write a day to come.")
    chosen = [f for f in select(command, comment, case.known).fingerprints if case.asked(f).capacity == DECISION_OWNER]
    disputed = [f for f in chosen if case.standing(f, comment.created_at)]
    if not disputed:
        raise Refused(
            "Nobody objected to that before you wrote this, so there is nothing to rule on. To sign, write "
            "`/approve-breaking`."
        )
    mine = [f for f in disputed if case.admits(person, case.people(f), f, comment)]
    if not mine:
        raise Refused(_why_not(case, person, [case.asked(f).contract for f in disputed], rulings=True))
    for fingerprint in mine:
        if act != "accept":
            for earlier in case.counted(fingerprint):
                case.take_back(fingerprint, earlier, person, comment)
        case.sign(fingerprint, written(case, comment, command, person, fingerprint, act))
    places = dict.fromkeys((case.asked(f).contract, place) for f in mine for place in _places(case, f))
    edit = ruling_edit(act, command.until, tuple(places), command.note)
    reason = "Overruled consumers are shown as overruled, not as having signed." if act == "accept" else ""
    if act != "honour-until":
        reason = f"{reason} The first line that matches counts, so these go above those that are there.".strip()
    return Outcome(comment, command, True, reason, tuple(mine), is_told=True, edit=edit)


def waive(case: Case, comment: Comment, command: Command, person: Person) -> Outcome:
    """Does without the signature of a consumer, for a time and for a reason. Raises Refused, Unselectable."""
    if command.code is None or command.until is None:
        raise Refused("A waiver says why and until when: `reason:` a code and `until:` a day.")
    if is_past(command, comment):
        raise Refused(f"{command.until} was over when you wrote this. Write a day to come.")
    chosen = [f for f in select(command, comment, case.known).fingerprints if f in case.known.present]
    wanted = [case.known.present[f] for f in chosen if is_for(case.asked(f).capacity, command.consumer or "")]
    if not wanted:
        raise Refused("Nothing of that was open in the list that you could see when you wrote this: name the ids.")
    mine = [r for r in wanted if case.admits_waiver(person, r.contract, comment)]
    if not mine:
        raise Refused(_why_not(case, person, [r.contract for r in wanted], rulings=False))
    refused = {r.fingerprint: reason for r in mine if (reason := _not_to_be_waived(case, comment, command, r))}
    waived = [r for r in mine if r.fingerprint not in refused]
    if not waived:
        raise Refused(" ".join(dict.fromkeys(refused.values())))
    for requirement in waived:
        case.sign(requirement.fingerprint, written(case, comment, command, person, requirement.fingerprint, "waive"))
    left_out = [
        f"Not counted for `{case.asked(fingerprint).finding}`: {reason}" for fingerprint, reason in refused.items()
    ]
    signed = tuple(r.fingerprint for r in waived)
    return Outcome(comment, command, True, " ".join(left_out), signed, partly=bool(left_out))


def _places(case: Case, fingerprint: str) -> tuple[str, ...]:
    """Where it is met: promises are made of places, and a schema that many of them share is none."""
    requirement = case.known.present.get(fingerprint)
    return requirement.places if requirement and requirement.places else (case.asked(fingerprint).element,)


def _not_to_be_waived(case: Case, comment: Comment, command: Command, requirement: Requirement) -> str:
    if not requirement.blocking:
        return "It is only asked, and nothing waits for it, so there is nothing to waive."
    if requirement.wants == "waiver":
        if case.needs_ruling(requirement.fingerprint, comment.created_at):
            return OBJECTED
        if command.code in SETS_ASIDE_A_SUNSET:
            return ""
        return "What was promised until a day to come goes before it only with `reason:security` or `reason:emergency`."
    if requirement.capacity.kind not in ("consumer", "any_affected_consumer"):
        return "Only a consumer's signature can be waived; for your own, write `/approve-breaking`."
    objections = case.standing(requirement.fingerprint, comment.created_at)
    if any(o.capacity == requirement.capacity for o in objections):
        return "It has objected, so its signature can't be waived: decide by `/rule accept` or `/rule reject`."
    return ""


def _why_not(case: Case, person: Person, contracts: Sequence[str], *, rulings: bool) -> str:
    authority = case.authority
    able = [authority.signers(c, DECISION_OWNER) if rulings else authority.waivers(c) for c in contracts]
    handles = tuple(dict.fromkeys(handle for found in able for handle in found.handles))
    for contract in contracts:
        did = authority.excludes(contract, person)
        if did is not None:
            return f"You are {did}: someone else from {listed(handles, 'or')} must decide."
    what = "A ruling" if rulings else "A waiver"
    return f"{what} takes somebody from {listed(handles, 'or')}." if handles else f"{what} takes the decision owner."
