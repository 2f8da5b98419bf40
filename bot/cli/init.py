"""`countersign init`: a registry proposed from what the repository holds."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.command import CLEAR, TO_SIGN, Refused, add_repository, note, show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.cli.command import Commands
    from bot.contracts.document import Document
    from bot.registry.drafting.found import Found
    from bot.registry.drafting.proposal import Proposal
    from bot.registry.model import Registry


def add(commands: Commands) -> None:
    parser = commands.add_parser("init", help="propose a registry from what the repository holds")
    add_repository(parser)
    parser.add_argument("--write", action="store_true", help="write the file (default: only show it)")
    parser.set_defaults(command=_init)


def _init(options: argparse.Namespace) -> int:
    from bot.git.repository import GitError

    try:
        return _propose(options.repository, write=options.write)
    except (GitError, OSError) as error:
        raise Refused(str(error)) from None


def _propose(folder: Path, *, write: bool) -> int:
    import asyncio

    from bot.cli.progress import progress
    from bot.cli.working_tree import registry_files
    from bot.engine import drafting
    from bot.git.repository import Repository
    from bot.registry.drafting.insertion import NoPlace, inserted
    from bot.registry.drafting.proposal import propose, whole
    from bot.registry.reading import registry_paths
    from bot.report import edits

    repository = Repository(folder)
    commit = repository.commit("HEAD")
    files = registry_files(repository)
    known = _known(files)
    main = next(iter(files), None)
    before = files[main].data.decode() if main else ""
    with progress() as tell:
        found = asyncio.run(drafting.find(repository, commit, known, tell))
        owners_of = asyncio.run(drafting.owners(repository, commit))
    proposal = propose(found, owners_of, known)
    for remark in found.notes:
        note(remark)
    if proposal.is_empty:
        return _nothing(found, main)
    try:
        after = inserted(before, proposal) if main else whole(proposal, found.ignored)
    except NoPlace as no_place:
        raise Refused(f"{main}: {no_place}") from None
    path = main or registry_paths()[0]
    if write:
        (repository.root / path).parent.mkdir(parents=True, exist_ok=True)
        (repository.root / path).write_text(after, encoding="utf-8", newline="")
    elif main:
        show(edits.diff(path, before, after), wrap=False)
    else:
        print(after, end="")
    _say(proposal, path, written=write)
    return CLEAR


def _known(files: Mapping[str, Document]) -> Registry:
    """The registry as it lies on disk, since that is what would be edited."""
    from bot.registry.model import Registry
    from bot.registry.reading import read_registry

    if not files:
        return Registry()
    reading = read_registry(files)
    if reading.registry is None:
        said = "\n  ".join(str(problem) for problem in reading.errors) or "it is empty"
        raise Refused(f"{next(iter(files))} can't be read, so nothing can be added to it:\n  {said}")
    return reading.registry


def _nothing(found: Found, main: str | None) -> int:
    if main and (found.contracts or found.consumed):
        print(f"Everything that was found is registered in {main}.", file=sys.stderr)
        return CLEAR
    aside = sum(found.ignored.values())
    where = f", but for {aside:,} in folders of copies and samples ({', '.join(found.ignored)})" if aside else ""
    print(f"No contract was found, nor anybody who uses one{where}.", file=sys.stderr)
    return TO_SIGN


def _say(proposal: Proposal, path: str, *, written: bool) -> None:
    from bot.report import words

    parts = [
        words.count(len(proposal.contracts), "contract") if proposal.contracts else "",
        words.count(len(proposal.consumers), "consumer") if proposal.consumers else "",
        words.count(len(proposal.consumes), "consumed contract") if proposal.consumes else "",
    ]
    what = words.joined([part for part in parts if part])
    if written:
        print(f"Wrote {path}: {what} proposed. `countersign lint {path}` lists what to settle.", file=sys.stderr)
    else:
        print(f"\n{what} proposed. Nothing is written: add --write for {path}.", file=sys.stderr)
