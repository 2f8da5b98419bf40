"""File patterns as in CODEOWNERS: `/` at the start anchors, `**` is any depth, a folder stands for all in it.

Source of the rules: GitHub's "About code owners" (gitignore patterns without `!`, `[]` and `\\` escapes). A pattern
without a slash, or with one only at its end, matches at any depth; any other slash anchors it to the root.

Matching walks segments, and inside a segment from star to star, so no pattern takes more than (length of pattern) x
(length of path) steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache


def matches(pattern: str, path: str) -> bool:
    """Whether the pattern names the file at `path` (repository-relative, `/` between segments)."""
    return _match(_segments(pattern), path.split("/"))


def matches_any(patterns: Iterable[str], path: str) -> bool:
    return any(matches(pattern, path) for pattern in patterns)


def literal_path(pattern: str) -> str | None:
    """The one path that a pattern without wildcards names from the root, None when it has wildcards or is a folder."""
    if "*" in pattern or "?" in pattern or pattern.endswith("/"):
        return None
    return pattern.lstrip("/")


def anchor(pattern: str) -> str:
    """The path from the root that everything lies at or below that a pattern names; empty when it may be anywhere."""
    fixed: list[str] = []
    for segment in _segments(pattern):
        if "*" in segment or "?" in segment:
            break
        fixed.append(segment)
    return "/".join(fixed)


@lru_cache(maxsize=4_096)
def _segments(pattern: str) -> tuple[str, ...]:
    inner = pattern.strip("/")
    if not inner:
        return ("**",)
    segments = inner.split("/")
    if not pattern.startswith("/") and len(segments) == 1:
        segments.insert(0, "**")
    if pattern.endswith("/"):
        segments.append("**")
        segments.append("*")
    return tuple(segments)


def _match(pattern: tuple[str, ...], path: list[str]) -> bool:
    """All positions of the pattern that the path so far may have reached, segment by segment."""
    reached = _past_any(pattern, {0})
    for position, segment in enumerate(path):
        following: set[int] = set()
        for index in reached:
            if index == len(pattern):
                # The pattern named a folder: everything in it is matched, except below a final single star, as in
                # `docs/*`, which GitHub documents to match only files directly in the folder.
                if position and not _ends_in_wildcard(pattern):
                    return True
                continue
            if pattern[index] == "**":
                following.add(index)
                if index == len(pattern) - 1:
                    following.add(len(pattern))
            elif _segment_matches(pattern[index], segment):
                following.add(index + 1)
        reached = _past_any(pattern, following)
        if not reached:
            return False
    return len(pattern) in reached


def _ends_in_wildcard(pattern: tuple[str, ...]) -> bool:
    return "*" in pattern[-1] or "?" in pattern[-1]


def _past_any(pattern: tuple[str, ...], reached: set[int]) -> set[int]:
    """`**` may stand for no segment; at the end of a pattern it stands for at least one."""
    for index in sorted(reached):
        step = index
        while step < len(pattern) - 1 and pattern[step] == "**":
            step += 1
            reached.add(step)
    return reached


def _segment_matches(pattern: str, segment: str) -> bool:
    """`*` any characters, `?` one. Goes back only to the last star, so it is linear but for that."""
    p = s = 0
    star, retry = -1, 0
    while s < len(segment):
        if p < len(pattern) and pattern[p] == "*":
            star, retry = p, s
            p += 1
        elif p < len(pattern) and pattern[p] in ("?", segment[s]):
            p += 1
            s += 1
        elif star >= 0:
            retry += 1
            p, s = star + 1, retry
        else:
            return False
    return all(character == "*" for character in pattern[p:])
