"""What a check says that is no longer about the base branch to which its pull request goes."""

from __future__ import annotations

from bot.report import safety
from bot.report.context import CHECK_NAME, REPORT_NAME
from bot.report.publication import CheckOutput


def withdrawn(base_ref: str, *, gated: bool) -> CheckOutput:
    """Of the check that holds merges where the base is not gated, or of the one that only reports where it is.

    `cancelled`: satisfies no rule that requires it (docs: "About status checks"). The text, too, takes the place of
    what stood there.
    """
    base = safety.code(base_ref)
    if gated:
        why = f"The pull request goes to {base} now, which is gated. See the check {safety.code(CHECK_NAME)}."
        return CheckOutput("cancelled", f"Its base branch is gated now: see {CHECK_NAME}", why, why, ())
    why = (
        f"The pull request goes to {base} now, which is not gated: what changes is only reported, by the check "
        f"{safety.code(REPORT_NAME)}. As soon as it goes to a gated branch, it is judged here."
    )
    return CheckOutput("cancelled", f"Not judged: its base branch is not gated, see {REPORT_NAME}", why, why, ())
