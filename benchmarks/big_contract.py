"""GitHub's own description (12 MB), one release against another, as a cold process."""

from __future__ import annotations

import gc
import shutil
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import orjson

from benchmarks.measure import Figure, process, python
from bot.contracts import formats
from bot.contracts.document import Document, Side
from bot.contracts.options import Options
from bot.contracts.references import keep_readings
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


def next_push() -> Sequence[Figure]:
    """GitHub's description, one operation edited, in a process that read the base for the push before."""
    base = fetch(GITHUB.after).read_bytes()
    pushes = [base.replace(b'"GitHub API Root"', b'"The root of the API, %d"' % n, 1) for n in range(6)]
    assert len(set(pushes)) == len(pushes)
    sides = [Side("a.json", {"a.json": Document("a.json", str(n), data)}) for n, data in enumerate([base, *pushes])]
    keep_readings(3 * len(base))
    options = Options(date(2026, 11, 21))
    took = []
    for head in sides[1:]:
        started = time.process_time()
        formats.compare("openapi", sides[0], head, options=options)
        took.append(time.process_time() - started)
        gc.collect()
        gc.freeze()
    started = time.process_time()
    orjson.loads(base)
    floor = time.process_time() - started
    return [
        Figure("GitHub's description, one edit, base kept: CPU", statistics.median(took[1:]), "s"),
        Figure(
            "GitHub's description, one edit, base kept: CPU over one orjson read",
            statistics.median(took[1:]) / floor,
            "×",
        ),
    ]


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
