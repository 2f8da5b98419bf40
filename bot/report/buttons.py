"""The buttons on the check's page. GitHub tells us who pressed which; anybody with write access can."""

from __future__ import annotations

from typing import Final

from bot.report.publication import Button
from bot.review.values import Decision, Verdict

RECHECK: Final = Button("Look again", "Judges everything once more", "recheck")
HOW_TO_SIGN: Final = Button("How to sign", "Says who may sign what, and how", "how-to-sign")


def buttons(decision: Decision) -> tuple[Button, ...]:
    """What helps with this outcome."""
    return (RECHECK, HOW_TO_SIGN) if decision.verdict is Verdict.HELD else (RECHECK,)
