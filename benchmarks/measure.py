"""Whole processes measured by the operating system's own accounting."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians over several runs. wall, cpu: seconds; cpu is user and system time together. memory: peak, in bytes."""

    wall: float
    cpu: float
    memory: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `goal` None: the figure is only shown."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    better: Literal["lower", "higher"] = "lower"
    note: str = ""

    @property
    def is_met(self) -> bool:
        if self.goal is None:
            return True
        return self.value <= self.goal if self.better == "lower" else self.value >= self.goal


Benchmark = Callable[[], Sequence[Figure]]


def process(command: Sequence[str], runs: int = 5, codes: Sequence[int] = (0, 1)) -> Cost:
    """The median cost of running `command`, after one run that does not count."""
    costs = [_run(command, codes) for _ in range(runs + 1)][1:]
    return Cost(
        wall=statistics.median(cost.wall for cost in costs),
        cpu=statistics.median(cost.cpu for cost in costs),
        memory=int(statistics.median(cost.memory for cost in costs)),
    )


def python(code: str, runs: int = 5) -> Cost:
    return process([sys.executable, "-c", code], runs, codes=(0,))


def _run(command: Sequence[str], codes: Sequence[int]) -> Cost:
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if child.returncode not in codes:
        raise RuntimeError(f"{command[0]} ended with {child.returncode}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)
