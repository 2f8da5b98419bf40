"""One file out of a published package, fetched by the ordinary clients (`npm pack`, `pip download`) into a cache.

The cache lies outside the repository (`COUNTERSIGN_TEST_CACHE`, else `~/.cache/countersign-tests`). A file is named by
its sha256, so what is in the cache is what was pinned, whoever put it there.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest


@dataclass(frozen=True, slots=True)
class Published:
    """A file at `path` inside version `version` of `package`."""

    registry: Literal["npm", "pypi"]
    package: str
    version: str
    path: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.package} {self.version} {self.path}"


class NotFetched(Exception):
    """The package client is missing, or could not bring the package."""


def cache_folder() -> Path:
    configured = os.environ.get("COUNTERSIGN_TEST_CACHE")
    folder = Path(configured) if configured else Path.home() / ".cache" / "countersign-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def fetch(wanted: Published) -> Path:
    """The path of the cached file. Raises NotFetched, and AssertionError when the bytes are not the pinned ones."""
    kept = cache_folder() / f"{wanted.sha256[:16]}-{Path(wanted.path).name}"
    if kept.exists():
        return kept
    with (cache_folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the test workers share the cache, and one download is enough
        if not kept.exists():
            data = _FETCHERS[wanted.registry](wanted)
            found = hashlib.sha256(data).hexdigest()
            assert found == wanted.sha256, f"{wanted}: sha256 is {found}, pinned is {wanted.sha256}"
            partial = kept.with_suffix(".partial")
            partial.write_bytes(data)
            partial.rename(kept)
    return kept


def fetched_or_skipped(wanted: Published) -> Path:
    """As `fetch`, for tests: skips with the reason when it cannot be had, except in CI, which never skips."""
    try:
        return fetch(wanted)
    except NotFetched as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{wanted} could not be fetched: {error}")


def _npm(wanted: Published) -> bytes:
    npm = shutil.which("npm")
    if npm is None:
        raise NotFetched("npm is not installed")
    with tempfile.TemporaryDirectory() as folder:
        _run([npm, "pack", "--silent", f"{wanted.package}@{wanted.version}", "--pack-destination", folder])
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            member = archive.extractfile(f"package/{wanted.path}")
            assert member is not None, f"{wanted}: no such file in the package"
            return member.read()


def _pypi(wanted: Published) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        requirement = f"{wanted.package}=={wanted.version}"
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        _run([*pip, "--python-version", "3.11", "--dest", folder, requirement])
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as archive:
            return archive.read(wanted.path)


_FETCHERS: dict[str, Callable[[Published], bytes]] = {"npm": _npm, "pypi": _pypi}


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotFetched((done.stderr or done.stdout).strip()[-400:])
