"""Files that are contracts by their content, put together to contracts: which belong to each other, what names them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.contracts.formats import PARTED
from bot.registry import globs

_ASIDE = frozenset(
    {
        "__fixtures__",
        "__mocks__",
        "__tests__",
        "build",
        "dist",
        "example",
        "examples",
        "external",
        "fixtures",
        "mocks",
        "node_modules",
        "samples",
        "target",
        "test",
        "test-data",
        "testdata",
        "tests",
        "third-party",
        "third_party",
        "vendor",
        "vendored",
    }
)
"""Names of folders whose contracts are copies, samples or results of a build, by wide custom."""

_MOST_NAMED = 20
"""Files that are named one by one, where no pattern names just them."""


@dataclass(frozen=True, slots=True)
class Group:
    """The documents of one contract. documents: those that are contracts by their content. entrypoint: the one that
    stands for all, in formats where there is one.
    """

    format: str
    documents: tuple[str, ...]
    entrypoint: str | None = None


def set_aside(paths: Iterable[str]) -> Mapping[str, list[str]]:
    """Glob to the paths that lie in such a folder; what is not in one is left out."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        folder = next((part for part in PurePosixPath(path).parts[:-1] if part.lower() in _ASIDE), None)
        if folder is not None:
            found[f"**/{folder}/**"].append(path)
    return dict(found)


def groups(
    formats: Mapping[str, str], reached: Mapping[str, Collection[str]], packages: Mapping[str, str]
) -> list[Group]:
    """The contracts among documents (path to format), by their first path.

    reached: by document, the files that it refers to: a document that another refers to is part of that.
    packages: of Protobuf files; those of a package are one contract.
    """
    inner = {path for document, others in reached.items() for path in others if path != document}
    entries = [path for path in sorted(formats) if path not in inner or formats[path] not in PARTED]
    found: list[Group] = []
    for format in sorted({formats[path] for path in entries}):
        own = [path for path in entries if formats[path] == format]
        match format:
            case "protobuf":
                found += _together(format, own, lambda path: packages.get(path, ""))
            case "graphql":
                found += [Group(format, paths) for paths in _by_topmost_folder(own)]
            case "avro" | "json-schema":
                found += _together(format, own, _folder)
            case _:
                found += [Group(format, (path,), path) for path in own]
    return sorted(found, key=lambda group: group.documents)


def patterns(paths: Sequence[str], others: Collection[str]) -> tuple[str, ...]:
    """What names `paths`, and none of `others`: a pattern for their folder, one for each folder, or each by itself."""
    if len(paths) > 1 and (pattern := _pattern(paths, others)) is not None:
        return (pattern,)
    if len(paths) <= _MOST_NAMED:
        return tuple(_anchored(path) for path in sorted(paths))
    by_folder: dict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        by_folder[_folder(path)].append(path)
    found: list[str] = []
    for members in by_folder.values():
        pattern = _pattern(members, others)
        found += [pattern] if pattern is not None else [_anchored(path) for path in members]
    return tuple(found)


def _pattern(paths: Sequence[str], others: Collection[str]) -> str | None:
    """The narrowest pattern for the folder that holds all of `paths`, when it names nothing else."""
    folder = _common_folder(paths)
    suffixes = {PurePosixPath(path).suffix for path in paths}
    suffix = suffixes.pop() if len(suffixes) == 1 else ""
    if not folder:
        return None
    flat = suffix and all(_folder(path) == folder for path in paths)
    below = f"{folder}/**/*{suffix}" if suffix else f"{folder}/**"
    candidates = [f"{folder}/*{suffix}", below] if flat else [below]
    return next((c for c in candidates if not any(globs.matches(c, path) for path in others)), None)


def _anchored(path: str) -> str:
    """Without a slash, a pattern would name files of that name in every folder."""
    return path if "/" in path else f"/{path}"


def _together(format: str, paths: Sequence[str], key: Callable[[str], str]) -> list[Group]:
    by_key: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        by_key[key(path)].append(path)
    return [
        Group(format, tuple(sorted(members)), members[0] if len(members) == 1 else None) for members in by_key.values()
    ]


def _by_topmost_folder(paths: Sequence[str]) -> list[tuple[str, ...]]:
    """Files below a folder that has such files itself belong to it: a schema in many files has folders of its own."""
    tops: list[str] = []
    for folder in sorted({_folder(path) for path in paths}, key=lambda folder: (folder.count("/"), folder)):
        if not any(folder == top or folder.startswith(f"{top}/") or not top for top in tops):
            tops.append(folder)
    return [tuple(sorted(path for path in paths if not top or path.startswith(f"{top}/"))) for top in tops]


def _folder(path: str) -> str:
    parent = str(PurePosixPath(path).parent)
    return "" if parent == "." else parent


def _common_folder(paths: Sequence[str]) -> str:
    shared: list[str] = []
    for parts in zip(*(PurePosixPath(path).parts[:-1] for path in paths), strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "/".join(shared)
