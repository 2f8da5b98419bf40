"""What silence means: when somebody who was asked is reminded, and what follows when they still say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from bot.registry.model import Calendar, OwnWord
from bot.review.calendar import BusinessTime, business_deadline

OnSilence = Literal["block", "escalate", "consent"]


class Phase(StrEnum):
    """waiting: there is time. reminded: half of it has passed. silent: all of it."""

    WAITING = "waiting"
    REMINDED = "reminded"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Terms:
    """How long whoever is asked has, and what their silence means after that."""

    respond_within: str
    on_silence: OnSilence


@dataclass(frozen=True, slots=True)
class Course:
    """One request's course. remind_at: half of the time to answer, counted in business time. follows_at: the end of it,
    from which `on_silence` holds.
    """

    asked_at: datetime
    remind_at: datetime
    follows_at: datetime
    on_silence: OnSilence

    def phase(self, now: datetime) -> Phase:
        if now >= self.follows_at:
            return Phase.SILENT
        return Phase.REMINDED if now >= self.remind_at else Phase.WAITING

    def next_after(self, now: datetime) -> datetime | None:
        """The next moment at which the phase changes."""
        return next((moment for moment in (self.remind_at, self.follows_at) if moment > now), None)


def course(asked_at: datetime, terms: Terms, calendar: Calendar) -> Course:
    """asked_at: when people could first see that they are asked (aware)."""
    follows_at = business_deadline(asked_at, terms.respond_within, calendar)
    business = BusinessTime(calendar)
    remind_at = business.after(asked_at, business.between(asked_at, follows_at) / 2)
    return Course(asked_at, remind_at, follows_at, terms.on_silence)


def terms_of(contract: Terms, own_word: OwnWord | None) -> Terms:
    """A consumer's own half decides for the consumer, and only it may choose that silence is consent: elsewhere that
    is read as `escalate` (signoff, hard case 10). A word that may not block may not consent either.
    """
    if own_word is not None:
        settings = own_word.signoff
        contract = Terms(settings.respond_within, settings.on_silence)
    if contract.on_silence == "consent" and (own_word is None or not own_word.blocks):
        return Terms(contract.respond_within, "escalate")
    return contract
