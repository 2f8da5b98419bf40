"""A formats module whose behaviour the head document's bytes choose: well, badly, or not at all."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from bot.contracts.change import Change, Comparison, Place
from bot.contracts.document import Document, Side
from bot.contracts.options import Options


class Stranger:
    """Something that is no value of bot.contracts."""


def compare(format: str, base: Side, head: Side, *, options: Options) -> Any:
    assert head.entrypoint is not None
    word, _, argument = head.documents[head.entrypoint].data.decode().partition(" ")
    if word == "hang":
        while True:
            time.sleep(60)
    if word == "spin":
        while True:
            pass
    if word == "hog":
        hoard = []
        while True:
            hoard.append(bytes(16 << 20))
    if word == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "exit":
        os._exit(3)
    if word == "recurse":
        return _deeper(0)
    if word == "raise":
        raise KeyError("a bug")
    if word == "stranger":
        return Comparison((), (), (Stranger(),))  # type: ignore[arg-type]
    if word == "print":
        sys.stdout.write("chatter " * 100_000)
        sys.stdout.flush()
    if word == "once":
        # Dies the first time only, as a child does that someone outside kills.
        marker = Path(argument)
        if marker.exists():
            marker.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
    if word == "slow":
        time.sleep(float(argument))
    if word == "environment":
        return Comparison((), (), tuple(sorted(os.environ)))
    if word == "write":
        Path(argument).write_bytes(b"x" * 10)
    many = int(argument) if word == "many" else 1
    place = Place("GET /orders 200:$", {"direction": "response"})
    changes = tuple(Change("test.fact", f"e{n}", (place,), identity=(format, str(os.getpid()))) for n in range(many))
    return Comparison(changes, (), (str(options.today),))


def _deeper(depth: int) -> int:
    return _deeper(depth + 1) + 1


def referenced_files(format: str, document: Document) -> frozenset[str]:
    if document.data == b"hang":
        time.sleep(60)
    return frozenset(document.data.decode().split())


def recognise(path: str, data: bytes) -> str | None:
    if data == b"crash":
        os._exit(1)
    return "openapi" if data.startswith(b"openapi") else None
