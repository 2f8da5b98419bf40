"""What a comparison is told besides the two sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Mode = Literal["backward", "forward", "full", "none", "file", "package", "csr", "wire_json", "wire"]


@dataclass(frozen=True, slots=True)
class Options:
    """today: lifecycle facts depend on it (has the sunset passed?); it always comes from outside.

    content: whether unknown properties are tolerated when a schema does not say so.
    deprecation_days: how many days of notice a sunset date has to give; 0 asks for no date at all.
    mode: the contract's compatibility mode. file, package, csr, wire_json and wire are Protobuf's own.
    patterns: whether patterns and `if` of JSON Schema are decided by what they mean, or are equal or not, as texts. No
    registry can say so: judged as texts, harmless edits break and nothing more is found. It is there for comparing our
    verdicts with schema registries that judge like that (tests/conformance).
    """

    today: date
    content: Literal["open", "closed", "strict"] = "open"
    deprecation_days: int = 0
    mode: Mode = "backward"
    patterns: Literal["decided", "texts"] = "decided"
