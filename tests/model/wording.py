"""What people of a plan mean, and the commands that they write."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from tests.model.oracle import CONSUMERS, DECISION_OWNER, Change, Oracle, Words
from tests.model.plan import Say, SignAll


def last_day(now: datetime) -> date:
    """The day that is named by who has to name one."""
    return (now + timedelta(days=6)).date()


def meaning(said: Say, known: Sequence[Change], now: datetime) -> Words | None:
    """known: the changes that there are or were, the newest first. None when there was none to speak of."""
    about = None
    if said.about is not None:
        if not known:
            return None
        about = known[said.about % len(known)]
    until = datetime.combine(last_day(now) + timedelta(days=1), datetime.min.time(), UTC)
    return Words(said.act, about, said.role, until if said.act in ("honour", "waive") else None)


def signing(oracle: Oracle, what: SignAll) -> Iterator[tuple[str, Words, str]]:
    """Who writes what, and in which way, one after the other."""
    missing = oracle.missing()
    other = missing[0 if what.first else -1] if missing else None
    for change, role in missing:
        is_other = (change, role) == other
        who = what.but if what.but and is_other else sorted(oracle.may_sign(role))[0]
        is_ruled = role == DECISION_OWNER and oracle.is_disputed(change)
        words = Words("accept", change) if is_ruled else Words("approve", change if what.by_id else None, role)
        yield who, words, what.way if is_other else "plainly"


def last_words(present: Collection[Change]) -> Iterator[tuple[str, Words]]:
    """In which role what is to be said, to each change, so that nothing keeps it any more."""
    for change in sorted(present, key=str):
        yield DECISION_OWNER, Words("accept", change)
        for role in (DECISION_OWNER, *CONSUMERS):
            yield role, Words("approve", change, role)


def written(words: Words, day: date, ids: Mapping[Change, str]) -> str:
    """The command. day: the last on which a waiver holds, or until which a promise is honoured. ids: as shown."""
    id = ids[words.about] if words.about is not None else ""
    role = f"as {words.role}" if words.role else ""
    text = {
        "approve": f"/approve-breaking {id} {role}",
        "object": f"/object {id} {role} -- our till stops",
        "revoke": f"/revoke {id} {role}",
        "accept": f"/rule accept {id} -- announced in March",
        "reject": f"/rule reject {id} -- keep it",
        "honour": f"/rule honour-until {day} {id} -- they need the week",
        "waive": f"/waive {words.role} {id} reason:policy_exception until:{day} -- they are closed",
        "compatible": f"/reclassify {id} compatible -- it was never sent",
        "breaking": f"/reclassify {id} breaking -- readers stop at it",
    }[words.act]
    return " ".join(text.split())
