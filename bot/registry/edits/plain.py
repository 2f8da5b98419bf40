"""Which keys of two plain parts of the registry differ. Their meaning is for whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def differing_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> frozenset[tuple[str, ...]]:
    """The keys, down to the second level, below which the two differ: `{("signoff", "quorum"), ("owner",)}`.

    Lists have an order here; give sets as `members`, and texts without line breaks (deepdiff would align their lines,
    which is slow for long ones).
    """
    from deepdiff import DeepDiff  # takes a tenth of a second to import, and few changes edit the registry

    diff = DeepDiff(before, after, view="tree", ignore_numeric_type_changes=True)
    differences = (level for levels in diff.values() for level in levels)
    return frozenset(tuple(str(step) for step in found.path(output_format="list")[:2]) for found in differences)


def members(values: Iterable[str]) -> dict[str, bool]:
    """A set that deepdiff compares in linear time."""
    return dict.fromkeys(sorted(values), True)
