"""The versions that were released, which git's tags name: what `against: [latest_release | all_releases]` means."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.contracts.document import Side
from bot.registry.model import Registry
from bot.registry.shelf import Root, Shelf
from bot.registry.shelf import sides as sides_of
from bot.registry.snapshot import ContractSides, Files, Parser, Snapshot

MOST_RELEASES = 20
"""Of `all_releases`, the newest so many are compared with; the reader is told when there are more."""

_MOST_ASKED = 60
"""Releases that are asked for, whether the base has them: those of other lines may be newer."""

_VERSION = re.compile(r"v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?")
_SEPARATORS = "-/@_"


@dataclass(frozen=True, slots=True)
class Release:
    """A tag that names a version, and the commit it stands on."""

    tag: str
    commit: str
    version: tuple[int, int, int]


def releases_of(contract: str, tags: Mapping[str, str]) -> tuple[Release, ...]:
    """The contract's releases among a repository's tags (name to commit), newest version first.

    `v1.2.0` and `1.2` are releases of everything in the repository; `orders-api-v1.2.0`, `orders-api/v1.2.0` and
    `orders-api@1.2.0` are those of `orders-api`, and when there are such tags, they alone count. Pre-releases and
    names that hold no version are none.
    """
    own: list[Release] = []
    common: list[Release] = []
    for tag, commit in tags.items():
        prefix, rest = (contract, tag[len(contract) + 1 :]) if _is_prefixed(tag, contract) else ("", tag)
        found = _VERSION.fullmatch(rest)
        if found:
            version = (int(found[1]), int(found[2]), int(found[3] or 0))
            (own if prefix else common).append(Release(tag, commit, version))
    return tuple(sorted(own or common, key=lambda release: release.version, reverse=True))


def wants_releases(registry: Registry | None, snapshot: Snapshot) -> bool:
    """Whether a touched contract is to be compared with what was released."""
    return any(_against(registry, sides.contract) != {"base"} for sides in snapshot.contracts)


async def with_releases(
    snapshot: Snapshot,
    registry: Registry | None,
    tags: Mapping[str, str],
    is_behind: Callable[[str], Awaitable[bool]],
    files: Files,
    parser: Parser,
) -> Snapshot:
    """The snapshot with the released sides of those contracts whose policy asks for them. A release that did not have
    the contract's file is passed over.

    is_behind: whether the base's history has a commit in it. Whoever may push may tag: only a release that the base has
    can be the latest one, lest a pull request is compared with itself.
    """
    chosen = [await _chosen(sides.contract, registry, tags, is_behind) for sides in snapshot.contracts]
    roots = [
        [_root(sides, release.commit) for release in one.releases]
        for sides, one in zip(snapshot.contracts, chosen, strict=True)
    ]
    every = dict.fromkeys(root for group in roots for root in group)
    loaded, cut = await sides_of(Shelf(files, "", "", ()), parser, list(every))
    contracts = []
    for sides, one, group in zip(snapshot.contracts, chosen, roots, strict=True):
        had = [(r.tag, loaded[root]) for r, root in zip(one.releases, group, strict=True)]
        contracts.append(replace(sides, releases=tuple(pair for pair in had if pair[1].entrypoint is not None)))
    return replace(
        snapshot,
        contracts=tuple(contracts),
        incomplete=(*snapshot.incomplete, *cut),
        not_checked=(*snapshot.not_checked, *(note for one in chosen for note in one.notes)),
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The releases that a contract is compared with, newest first; notes: sentences about what that leaves out."""

    releases: tuple[Release, ...] = ()
    notes: tuple[str, ...] = ()


async def _chosen(
    contract: str,
    registry: Registry | None,
    tags: Mapping[str, str],
    is_behind: Callable[[str], Awaitable[bool]],
) -> _Chosen:
    against = _against(registry, contract)
    if against == {"base"}:
        return _Chosen()
    found = releases_of(contract, tags)
    latest = await _latest(found, is_behind)
    if "all_releases" not in against:
        found = latest
    elif latest and latest[0] not in found[:MOST_RELEASES]:
        found = (*found[: MOST_RELEASES - 1], *latest, *found[MOST_RELEASES - 1 :])
    if not found:
        return _Chosen(notes=(_none_found(contract),))
    chosen = found[:MOST_RELEASES]
    if len(found) == len(chosen):
        return _Chosen(chosen)
    return _Chosen(chosen, (_left_out(contract, len(found), chosen[-1]),))


def _none_found(contract: str) -> str:
    return (
        f"`{contract}` is to be compared with its releases, but no tag names one "
        f"(such as `v1.2.0` or `{contract}-v1.2.0`); it was compared with the base branch."
    )


def _left_out(contract: str, number: int, oldest: Release) -> str:
    return f"`{contract}` was compared with its {MOST_RELEASES} newest releases of {number:,}, from `{oldest.tag}` on."


def newest_release(registry: Registry, contract: str, tags: Mapping[str, str]) -> Release | None:
    """The contract's newest release, if its policy compares with that or with the base, but not with all releases."""
    if "base" not in _against(registry, contract) or "all_releases" in _against(registry, contract):
        return None
    return next(iter(releases_of(contract, tags)), None)


async def sides_at(
    wanted: Sequence[tuple[ContractSides, str]], files: Files, parser: Parser
) -> tuple[Side | None, ...]:
    """Each contract as a commit has it; None where its file was not there, or not all of it could be read."""
    roots = [_root(sides, commit) for sides, commit in wanted]
    loaded, cut = await sides_of(Shelf(files, "", "", ()), parser, list(dict.fromkeys(roots)))
    return tuple(None if cut or loaded[root].entrypoint is None else loaded[root] for root in roots)


def _root(sides: ContractSides, commit: str) -> Root:
    return Root(
        commit,
        sides.format,
        sides.base.entrypoint or sides.head.entrypoint,
        sides.base.entrypoints | sides.head.entrypoints,
    )


async def _latest(releases: Sequence[Release], is_behind: Callable[[str], Awaitable[bool]]) -> tuple[Release, ...]:
    """The newest release that the base has in its history, if any, as a tuple. releases: newest first."""
    for release in releases[:_MOST_ASKED]:
        if await is_behind(release.commit):
            return (release,)
    return ()


def _against(registry: Registry | None, contract: str) -> set[str]:
    if registry is None or not registry.has_contract(contract):
        return {"base"}
    return set(registry.contract(contract).compatibility.against)


def _is_prefixed(tag: str, contract: str) -> bool:
    return tag.startswith(contract) and tag[len(contract) : len(contract) + 1] in tuple(_SEPARATORS)
