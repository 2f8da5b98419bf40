"""What is answered to every command, in words the person can act on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date

from bot.review.authority import listed
from bot.review.commands import Action, Command
from bot.review.help import HELP
from bot.review.outcome import Outcome
from bot.review.people import Comment
from bot.review.values import Answer, Requirement, RequirementState, Verdict

CLEAR = "Nothing in this pull request needs a signature."
_MOST_IDS = 6
ANSWERED_A_DAY = 20
"""Comments of one person."""
_ASKED_FOR_HELP = (Action.HELP, Action.HELP_ANYBODY)


def answer(outcome: Outcome, requirements: Sequence[Requirement], verdict: Verdict, *, is_draft: bool) -> Answer:
    reason = outcome.reason
    if outcome.command.action is Action.ESCALATE and outcome.accepted:
        reason = _whether_called(reason, verdict, is_draft=is_draft)
    if outcome.command.action is Action.STATUS:
        reason = _status(requirements, verdict)
    elif outcome.command.action in _ASKED_FOR_HELP:
        reason = HELP
    asked = outcome.command.action in (Action.STATUS, *_ASKED_FOR_HELP)
    return Answer(
        outcome.comment,
        outcome.command.text,
        outcome.accepted,
        reason,
        outcome.command.line,
        is_told=asked or outcome.partly or outcome.is_told,
        edit=outcome.edit,
    )


def worth_showing(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """Those that are shown by a reaction or a reply: of each person and day (UTC) the first so many comments. What the
    others say counts all the same, and is in the explanation; but nobody can have us write without end.
    """
    days: dict[tuple[int, date], dict[tuple[str, int], None]] = {}
    shown: list[Answer] = []
    for answer in sorted(answers, key=lambda a: (a.comment.created_at, a.comment.id, a.line)):
        comment = answer.comment
        author = comment.author.id if comment.author is not None else 0
        known = days.setdefault((author, comment.created_at.astimezone(UTC).date()), {})
        if (comment.kind, comment.id) in known or len(known) < ANSWERED_A_DAY:
            known[comment.kind, comment.id] = None
            shown.append(answer)
    return tuple(shown)


def while_broken(comment: Comment, command: Command, problems: Sequence[str]) -> Answer:
    """What becomes of a command while nothing can be judged: everything is done that needs no registry."""
    where = f" ({_place(problems[0])})" if problems else ""
    broken = f"The contract registry on the base branch can't be read{where}."
    accepted, reason = False, command.problem
    match command.action:
        case Action.APPROVE:
            reason = f"{broken} Nobody can sign until that is mended: then read the new list, and write this again."
        case Action.REVOKE:
            reason = f"{broken} Nothing can be merged until that is mended, and then this is judged."
        case Action.OBJECT:
            reason = (
                f"{broken} Nothing can be merged until that is mended. Then object again, by the ids of the new list."
            )
        case Action.STATUS:
            accepted, reason = True, f"{broken} Nothing can be judged or signed until that is mended."
        case Action.HELP | Action.HELP_ANYBODY:
            accepted, reason = True, HELP
        case Action.RECHECK:
            accepted = True
        case action if action is not Action.NONE:
            reason = (
                f"{broken} Nothing can be decided until that is mended: then read the new list, and write it again."
            )
    is_told = command.action in (Action.STATUS, *_ASKED_FOR_HELP)
    return Answer(comment, command.text, accepted, reason, command.line, is_told=is_told)


def _place(problem: str) -> str:
    """File and line: what is wrong there is said above, and needs no telling with every command."""
    file, colon, rest = problem.partition(":")
    line, _, _ = rest.partition(":")
    return f"{file}:{line}" if colon and line.isdecimal() else problem.rstrip(".")


def _whether_called(reason: str, verdict: Verdict, *, is_draft: bool) -> str:
    """Only where a merge is held by it anybody is called."""
    if verdict is not Verdict.HELD:
        return "Nobody was called: nothing holds this merge at present."
    return "This is a draft: nobody is called before it is ready for review." if is_draft else reason


def _status(requirements: Sequence[Requirement], verdict: Verdict) -> str:
    """What is open for whom, until when: a role for a contract counts once, however many changes it signs."""
    roles: dict[tuple[str, str], list[Requirement]] = {}
    for requirement in requirements:
        if requirement.blocking:
            roles.setdefault((requirement.contract, str(requirement.capacity)), []).append(requirement)
    missing = {role: open for role, found in roles.items() if (open := [r for r in found if r.holds])}
    if not roles:
        return CLEAR
    if not missing:
        return "Everything that needs a signature has it."
    several = len({contract for contract, _ in roles}) > 1
    waiting = [
        f"{capacity}{f' of `{contract}`' if several else ''}{_what_is_open(found)}"
        for (contract, capacity), found in missing.items()
    ]
    held = "The merge is held" if verdict is Verdict.HELD else "The merge is not held"
    return f"{held}: {len(roles) - len(missing)} of {len(roles)} signatures are there. Open for {'; '.join(waiting)}."


def _what_is_open(found: Sequence[Requirement]) -> str:
    """`` (@acme/council): `1a2b3c4d5e`, by 2026-11-26``."""
    first = found[0]
    ids = [f"`{id}`" for id in dict.fromkeys(r.finding for r in found)]
    who = f" ({listed(first.signers, 'or')})" if first.signers else ""
    named = listed(ids) if len(ids) <= _MOST_IDS else f"{len(ids):,} changes"
    states = [state.value for state in dict.fromkeys(r.state for r in found) if state is not RequirementState.OPEN]
    days = [r.silence.follows_at.date().isoformat() for r in found if r.silence and r.state is RequirementState.OPEN]
    kept = [r.stays_until.isoformat() for r in found if r.wants == "waiver" and r.stays_until]
    more = f", promised until {max(kept)}" if kept else f", by {max(days)}" if days else ""
    return f"{who}: {named}{f' ({listed(states)})' if states else ''}{more}"
