"""GitHub's own description (12 MB), one release against another, as a cold process."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import Figure, process, python
from tests.published.contracts import AIRFLOW, GITHUB, Pair
from tests.published.packages import fetch

_MEGABYTE = 1_000_000


def big_contract() -> Sequence[Figure]:
    """`countersign diff` beside reading both files with orjson and comparing them with `==`, and beside oasdiff."""
    old, new = _paths(GITHUB)
    diff = process([_countersign(), "diff", "--format", "json", str(old), str(new)])
    start = process([_countersign(), "--version"])
    read = f"import orjson; a, b = (orjson.loads(open(p, 'rb').read()) for p in ({str(old)!r}, {str(new)!r})); a == b"
    floor, bare = python(read), python("import orjson")
    figures = [
        Figure("GitHub's description, cold: wall", diff.wall, "s", 1.5),
        Figure("GitHub's description, cold: memory", diff.memory / _MEGABYTE, "MB", 200),
        Figure("GitHub's description, cold: CPU", diff.cpu, "s"),
        Figure(
            "GitHub's description, CPU beyond start-up over two orjson reads and ==",
            (diff.cpu - start.cpu) / max(floor.cpu - bare.cpu, 0.001),
            "×",
            4,
        ),
    ]
    oasdiff = shutil.which("oasdiff")
    if oasdiff is not None:
        peer = process([oasdiff, "changelog", str(old), str(new)], runs=2)
        figures.append(Figure("GitHub's description, wall over oasdiff", diff.wall / peer.wall, "×", 0.15))
        figures.append(Figure("GitHub's description, memory over oasdiff", diff.memory / peer.memory, "×"))
    return figures


def small_contract() -> Sequence[Figure]:
    """A contract of usual size: start-up counts."""
    old, new = _paths(AIRFLOW)
    diff = process([_countersign(), "diff", "--format", "json", str(old), str(new)])
    start = process([sys.executable, "-c", "pass"])
    return [
        Figure("airflow's description (180 KB YAML), cold: wall", diff.wall, "s", 0.6),
        Figure("airflow's description, wall over starting Python", diff.wall / start.wall, "×"),
    ]


def _paths(pair: Pair) -> tuple[Path, Path]:
    return fetch(pair.before), fetch(pair.after)


def _countersign() -> str:
    return str(Path(sys.executable).parent / "countersign")
