"""How much of a decision a page shows, and what gives way when it gets too long."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Detail:
    """How much is shown: how many findings in full, folded and as a line; how many of everything else.

    said: characters of each objection and ruling.
    """

    full: int = 6
    folded: int = 12
    lines: int = 2000
    places: int = 60
    risky: int = 300
    compatible: int = 300
    remarks: int = 100
    line_links: bool = True
    notes: int = 50
    rows: int = 100
    draft: bool = True
    objections: int = 100
    said: int = 4_000

    @property
    def cut(self) -> tuple[str, ...]:
        """What is left out compared with everything, in words."""
        usual = Detail()
        parts = (
            (self.compatible < usual.compatible, "compatible changes"),
            (self.risky < usual.risky, "risky changes"),
            (self.places < usual.places, "lists of places"),
            (self.full < usual.full or self.folded < usual.folded, "details of findings"),
            (self.lines < usual.lines, "some findings"),
            (self.remarks < usual.remarks, "remarks"),
            (self.notes < usual.notes, "notes of signers"),
            (not self.draft, "the draft registry"),
            (self.said < usual.said, "ends of objections"),
        )
        return tuple(word for is_cut, word in parts if is_cut)


LADDER: tuple[dict[str, int | bool], ...] = (
    {"compatible": 30},
    {"compatible": 0},
    {"places": 10},
    {"places": 0, "risky": 50},
    {"line_links": False},
    {"folded": 6, "remarks": 20},
    {"folded": 0},
    {"full": 3, "risky": 0},
    {"full": 1, "remarks": 5, "notes": 5},
    {"full": 0, "draft": False},
    {"lines": 150},
    {"lines": 50, "rows": 40},
    {"lines": 10, "notes": 0, "remarks": 0, "rows": 0},
    {"said": 1_000},
    {"said": 200},
    {"objections": 20},
)
"""What gives way, step by step, while a page is too long: the least important first."""
