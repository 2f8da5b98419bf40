"""The documents of one registered contract at one commit, whether anything changes in them or not."""

from __future__ import annotations

from pathlib import PurePosixPath

from bot.contracts.document import Side
from bot.contracts.formats import FORMATS, ONLY_DECLARED, SETS
from bot.registry import globs
from bot.registry.edits.coverage import SUFFIXES
from bot.registry.model import Contract
from bot.registry.shelf import Root, Shelf, sides
from bot.registry.snapshot import Files, Parser

_MOST_FILES = 500


async def contract_at(files: Files, commit: str, contract: Contract, parser: Parser) -> Side | None:
    """The contract's own documents and what they refer to; None when there is none, or none that can be read.

    A contract without an entrypoint may have several documents: these are the side's `entrypoints`.
    Raises what `files` raises.
    """
    shelf = Shelf(files, commit, commit, ())
    own = frozenset({contract.entrypoint} if contract.entrypoint else await _named(files, commit, contract))
    if not own:
        return None
    await shelf.fetch((commit, path) for path in own)
    if contract.entrypoint is None and contract.type in frozenset(FORMATS) - ONLY_DECLARED - SETS:
        # Of the files that globs name, some are parts of documents: those mean nothing alone.
        known = {path: await _format(shelf, commit, path, parser) for path in own}
        own = frozenset(path for path, format in known.items() if format == contract.type)
    if not own:
        return None
    root = Root(commit, contract.type, min(own), own)
    found, _ = await sides(shelf, parser, [root])
    return found[root] if found[root].documents else None


async def _named(files: Files, commit: str, contract: Contract) -> list[str]:
    literal = [globs.literal_path(pattern) for pattern in contract.files]
    if all(path is not None and PurePosixPath(path).suffix for path in literal):
        return [path for path in literal if path is not None]
    everything = sorted(path for path in await files.paths(commit) if globs.matches_any(contract.files, path))
    return [path for path in everything if PurePosixPath(path).suffix.lower() in SUFFIXES][:_MOST_FILES]


async def _format(shelf: Shelf, commit: str, path: str, parser: Parser) -> str | None:
    document = shelf.document(commit, path)
    return await parser.recognise(path, document.data) if document else None
