"""What is answered to a command, as Markdown."""

from __future__ import annotations

from textwrap import indent

from bot.report import safety
from bot.review.help import COMMANDS, HELP, RULES
from bot.review.values import Answer


def reply(answer: Answer) -> str:
    """One item of a list: the command, what is to be said about it, and the lines for the registry if there are any.
    It pings nobody.
    """
    if answer.reason == HELP:
        listed = "\n".join(f"  - {safety.code(command)} {safety.phrase(effect)}" for command, effect in COMMANDS)
        return f"{safety.phrase(RULES)}\n\n{listed}"
    said = f"{safety.code(answer.command)}: {safety.phrase(answer.reason)}".rstrip()
    if not answer.edit:
        return said
    lines = indent(safety.fenced(answer.edit, "yaml"), "  ")
    return f"{said} Add this to the registry, beside what is there, and commit it:\n\n{lines}"
