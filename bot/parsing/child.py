"""One parsing child, seen from the bot. Synchronous: every method is called from a thread of the pool."""

from __future__ import annotations

import math
import os
import pickle
import selectors
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bot.contracts.change import Change, Comparison
from bot.parsing.protocol import HEADER, READY, FailureKind, ParsingFailed, Request, frame, read_answer

START_SECONDS = 60.0
ORPHAN_SECONDS = 2.0
CHUNK = 1 << 20
KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What one request may cost. seconds: wall time. memory, request, answer: bytes."""

    seconds: float = 30.0
    memory: int = 2048 * 1024 * 1024
    request: int = 256 * 1024 * 1024
    answer: int = 128 * 1024 * 1024


class Child:
    """A process that is started when needed, killed when it oversteps a limit, and then started anew.

    formats: the module whose functions it calls.
    """

    def __init__(self, limits: ChildLimits | None = None, *, formats: str = "bot.contracts.formats") -> None:
        self._formats = formats
        self._limits = limits or ChildLimits()
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()
        self._dead_for_good = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Have a process that has loaded everything it needs. Raises ParsingFailed when it does not come up."""
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        command = [sys.executable, "-P", "-m", "bot.parsing.worker", self._formats]
        command += [str(self._limits.memory), str(self._limits.seconds + ORPHAN_SECONDS)]
        with self._starting:
            if self._dead_for_good:
                raise ParsingFailed("crash", "The bot is shutting down.")
            self._process = subprocess.Popen(  # noqa: S603 (our own module)
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # The children read foreign files: they get no secret to tell.
                env={name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ},
                start_new_session=True,
            )
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
        deadline = time.monotonic() + START_SECONDS
        if self._receive(deadline) != READY:
            raise self._end("crash", "The reader did not start.")

    def ask(self, request: Request) -> Any:
        """The child's answer. Raises ParsingFailed; the process is gone then, except after `nesting` and `error`."""
        data = frame(request)
        if len(data) > self._limits.request:
            limit = self._limits.request >> 20
            raise ParsingFailed("size", f"Its files together are larger than {limit} MB.")
        self.start()
        deadline = time.monotonic() + self._limits.seconds
        self._send(data, deadline)
        changes: list[Change] = []
        while True:
            match self._receive(deadline):
                case ("part", list() as part):
                    changes.extend(part)
                case ("done", Comparison() as comparison):
                    return Comparison(tuple(changes), comparison.faults, comparison.not_checked)
                case ("done", value):
                    return value
                case ("failed", "memory", _):
                    raise self._end("memory", self._too_much_memory())
                case ("failed", "nesting", _):
                    raise ParsingFailed("nesting", "It is nested more deeply than the reader can follow.")
                case ("failed", "error", str(detail)):
                    raise ParsingFailed("error", "The reader failed on it, which is a bug in Countersign.", detail)
                case _:
                    raise self._end("crash", "The reader answered something that is not an answer.")

    def kill_for_good(self) -> None:
        """End the process now and let none be started again. For another thread than the one that asks."""
        with self._starting:
            self._dead_for_good = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """Kill the process, if there is one, and give back its pipes. For the thread that asks, or once none does."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()

    def _send(self, data: bytes, deadline: float) -> None:
        assert self._process is not None and self._process.stdin is not None
        file = self._process.stdin.fileno()
        rest = memoryview(data)
        while rest:
            self._wait(file, selectors.EVENT_WRITE, deadline)
            try:
                rest = rest[os.write(file, rest[:CHUNK]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._ended() from None

    def _receive(self, deadline: float) -> Any:
        (length,) = HEADER.unpack(self._read(HEADER.size, deadline))
        if length > self._limits.answer:
            raise self._end("size", "The two sides differ in more places than can be reported.")
        try:
            return read_answer(self._read(length, deadline))
        except (pickle.UnpicklingError, EOFError, AttributeError, TypeError, ValueError, IndexError, KeyError) as error:
            raise self._end("crash", "The reader answered something that is not an answer.", repr(error)) from error

    def _read(self, length: int, deadline: float) -> bytes:
        assert self._process is not None and self._process.stdout is not None
        file = self._process.stdout.fileno()
        data = bytearray()
        while len(data) < length:
            self._wait(file, selectors.EVENT_READ, deadline)
            try:
                piece = os.read(file, min(length - len(data), CHUNK))
            except BlockingIOError:
                continue
            if not piece:
                raise self._ended()
            data += piece
        return bytes(data)

    def _wait(self, file: int, events: int, deadline: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(file, events)
            if not selector.select(max(deadline - time.monotonic(), 0)):
                seconds = math.ceil(self._limits.seconds)
                raise self._end("deadline", f"Reading and comparing it takes longer than {seconds} s.")

    def _ended(self) -> ParsingFailed:
        """The pipe is closed: find out how the process ended."""
        assert self._process is not None
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = 0
        if -code == signal.SIGALRM:
            return self._end("deadline", "Reading and comparing it takes too long.")
        how = signal.Signals(-code).name if code < 0 else f"exit status {code}"
        return self._end("crash", f"It crashes the reader ({how}).")

    def _end(self, kind: FailureKind, reason: str, detail: str = "") -> ParsingFailed:
        self.close()
        return ParsingFailed(kind, reason, detail)

    def _too_much_memory(self) -> str:
        return f"Reading and comparing it needs more than {self._limits.memory >> 20} MB of memory."
