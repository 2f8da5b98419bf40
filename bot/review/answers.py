"""What is answered to every command, in words the person can act on."""

from __future__ import annotations

from collections.abc import Sequence

from bot.review.commands import Action, Command
from bot.review.help import HELP
from bot.review.outcome import Outcome
from bot.review.values import Answer, Comment, Requirement, RequirementState, Verdict

CLEAR = "Nothing in this pull request needs a signature."
_ASKED_FOR_HELP = (Action.HELP, Action.HELP_ANYBODY)


def answer(outcome: Outcome, requirements: Sequence[Requirement], verdict: Verdict, *, is_draft: bool) -> Answer:
    reason = outcome.reason
    if outcome.command.action is Action.ESCALATE and outcome.accepted:
        reason = _whether_called(reason, verdict, is_draft=is_draft)
    if outcome.command.action is Action.STATUS:
        reason = _status(requirements)
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


def _status(requirements: Sequence[Requirement]) -> str:
    blocking = [requirement for requirement in requirements if requirement.blocking]
    if not blocking:
        return CLEAR
    missing = [requirement for requirement in blocking if requirement.holds]
    if not missing:
        return "Everything that needs a signature has it."
    waiting: dict[str, list[str]] = {}
    for requirement in missing:
        state = "" if requirement.state is RequirementState.OPEN else f" ({requirement.state.value})"
        waiting.setdefault(str(requirement.capacity), []).append(f"`{requirement.finding}`{state}")
    named = "; ".join(f"{who}: {', '.join(dict.fromkeys(ids))}" for who, ids in waiting.items())
    return f"{len(blocking) - len(missing)} of {len(blocking)} signatures are there. Open for {named}."
