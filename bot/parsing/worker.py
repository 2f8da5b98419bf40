"""A parsing child: `python -m bot.parsing.worker FORMATS MEMORY SECONDS`, spoken to through its stdin and stdout.

It lives to be killed. It has no secrets in its environment, may not write files, dies of asking for more memory than
MEMORY bytes, and, should its parent be gone while it is stuck, of an alarm that the kernel sends after SECONDS.
"""

from __future__ import annotations

import gc
import os
import pickle
import resource
import signal
import sys
import traceback
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import BinaryIO

from bot.contracts.references import keep_readings
from bot.parsing.protocol import HEADER, READY, answer_frames, frame
from bot.registry.importers import kinds as importers

DETAIL = 4000
KEPT_BYTES = 32_000_000
"""Of files whose values are kept: some ten times as much memory."""


def main(formats_name: str, memory: int, seconds: float) -> None:
    requests, answers = _take_over_the_pipes()
    # Ctrl-C and a container's SIGTERM go to the whole group: the parent decides when its children end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    formats = _load_everything(formats_name)
    for limit, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        _, hard = resource.getrlimit(limit)
        resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
    # Collecting cycles while a big document is being built takes two thirds of the time; between requests it is free.
    gc.disable()
    gc.freeze()
    keep_readings(KEPT_BYTES)
    _write(answers, frame(READY))
    while (payload := _read_frame(requests)) is not None:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            _serve(formats, payload, answers)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        del payload
        gc.collect()
        gc.freeze()  # what was kept of this request is not looked through after the next


def _load_everything(formats_name: str) -> ModuleType:
    """The formats module. The readers that it would load when first needed are loaded now: a child lives long."""
    for package_name in (formats_name.rpartition(".")[0], importers.__name__.rpartition(".")[0]):
        package = import_module(package_name)
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    return import_module(formats_name)


def _take_over_the_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep stdin and stdout for ourselves, so that a stray print cannot garble an answer."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return requests, answers


def _serve(formats: ModuleType, payload: bytes, answers: BinaryIO) -> None:
    try:
        request = pickle.loads(payload)  # noqa: S301 (our parent's words)
        module = importers if request.function == "import_evidence" else formats
        value = getattr(module, request.function)(*request.arguments, **request.keywords)
        for part in answer_frames(value):
            _write(answers, part)
    except MemoryError:
        # What is left may be in pieces: say why with what needs no more memory, and end.
        _write(answers, OUT_OF_MEMORY)
        os._exit(1)
    except RecursionError:
        _write(answers, frame(("failed", "nesting", "")))
    except Exception:
        detail = traceback.format_exc()
        _write(answers, frame(("failed", "error", detail[-DETAIL:])))


def _read_frame(requests: BinaryIO) -> bytes | None:
    """The next request; None when the parent has closed the pipe or is gone."""
    header = requests.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (length,) = HEADER.unpack(header)
    payload = requests.read(length)
    return payload if len(payload) == length else None


def _write(answers: BinaryIO, data: bytes) -> None:
    answers.write(data)
    answers.flush()


OUT_OF_MEMORY = frame(("failed", "memory", ""))

if __name__ == "__main__":
    try:
        main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
    except BrokenPipeError:
        os._exit(0)
