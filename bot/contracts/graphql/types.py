"""When a type may take the place of another, in its written form (`[Order!]!`)."""

from __future__ import annotations


def output_stays_valid(old: str, new: str) -> bool:
    """Whether who reads `old` can read `new`: the same, or with fewer nulls."""
    if old.endswith("!"):
        return new.endswith("!") and output_stays_valid(old[:-1], new[:-1])
    if new.endswith("!"):
        return output_stays_valid(old, new[:-1])
    if old.startswith("["):
        return new.startswith("[") and output_stays_valid(old[1:-1], new[1:-1])
    return old == new


def input_stays_valid(old: str, new: str) -> bool:
    """Whether what was written for `old` is accepted as `new`: the same, or with more nulls."""
    if old.endswith("!"):
        return input_stays_valid(old[:-1], new.removesuffix("!"))
    if new.endswith("!"):
        return False
    if old.startswith("["):
        return new.startswith("[") and input_stays_valid(old[1:-1], new[1:-1])
    return old == new
