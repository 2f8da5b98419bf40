"""A judged change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.contracts.change import Change, Place


class Level(StrEnum):
    """What a change does to those who depend on the contract. `unclassified` blocks like `breaking`: unknown is not
    safe.
    """

    BREAKING = "breaking"
    UNCLASSIFIED = "unclassified"
    RISKY = "risky"
    COMPATIBLE = "compatible"

    @property
    def severity(self) -> int:
        """Higher is worse."""
        return {"compatible": 0, "risky": 1, "unclassified": 2, "breaking": 3}[self.value]


@dataclass(frozen=True, slots=True)
class Rule:
    """The entry of the catalogue that matched, as the reader meets it. Texts are filled in for the change."""

    id: str
    level: Level
    title: str
    why: str
    instead: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule's judgement over the places of a change that it matched."""

    rule: Rule
    level: Level
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A change with its meaning. `verdicts` are worst first; the first gives the finding its level and its words."""

    contract: str
    change: Change
    verdicts: tuple[Verdict, ...]

    @property
    def level(self) -> Level:
        return self.verdicts[0].level

    @property
    def rule(self) -> Rule:
        return self.verdicts[0].rule

    @property
    def places(self) -> tuple[Place, ...]:
        """The places at the finding's own level: those that matter to whoever must sign."""
        return tuple(p for v in self.verdicts if v.level is self.level for p in v.places)
