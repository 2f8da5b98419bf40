"""How a pull request ended, said at the top of our comment when what stands there is no longer true."""

from __future__ import annotations

from dataclasses import dataclass

from bot.report import safety
from bot.review.values import Verdict

_SEAL = "<!-- countersign:v1 "
_TITLE = "### 🏁 "
_RULE = "\n\n---\n\n"
_ASKING = frozenset({Verdict.HELD, Verdict.FAILED, Verdict.WARNED, Verdict.OBSERVED})


@dataclass(frozen=True, slots=True)
class End:
    """merged: or else only closed. bypass: merged without what was needed; None where nobody can tell. issue: by which
    that was reported; None where none could be opened.
    """

    merged: bool
    bypass: bool | None
    issue: str | None


def contradicts(verdict: str, end: End) -> bool:
    """Whether a comment that shows `verdict` says something that the end has made untrue."""
    shown = Verdict(verdict) if verdict else None
    if not end.merged:
        return shown in _ASKING
    return bool(end.bypass) or shown is Verdict.HELD


def with_end(body: str, end: End, limit: int) -> str:
    """Our comment `body`, the end said above it. Said again it says the same. At most `limit` characters; what is cut
    is at the bottom of what people read, and never the sealed block.
    """
    said = f"{_said(end)}{_RULE}"
    visible, mark, block = _without(body.replace("\r\n", "\n")).rpartition(_SEAL)
    if not mark:
        return said + safety.clip(block, limit - len(said))
    room = limit - len(said) - len(mark) - len(block)
    cut = visible if len(visible) <= room else safety.clip(visible, room - 2) + "\n\n"
    return f"{said}{cut}{mark}{block}"


def _without(body: str) -> str:
    return body.partition(_RULE)[2] if body.startswith(_TITLE) else body


def _said(end: End) -> str:
    if not end.merged:
        return (
            f"{_TITLE}Closed without merging\n\n"
            "Nobody is asked any more, and no deadline runs. Opened again, it is judged anew, and the time to answer "
            "begins anew. Below is what was shown last."
        )
    if end.bypass:
        where = safety.web_address(end.issue or "")
        reported = f"It is {safety.link('reported', where)}" if where else "It is reported here"
        return (
            f"{_TITLE}Merged past the check\n\n"
            f"Not everybody who had to had signed. {reported}; what is signed from now on changes nothing. Below is "
            "what was shown last."
        )
    known = "Where it landed, nothing was missing" if end.bypass is False else "Whether all had signed can't be told"
    return f"{_TITLE}Merged\n\n{known}. Nobody is asked any more. Below is what was shown last."
