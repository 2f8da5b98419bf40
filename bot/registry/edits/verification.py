"""What verifies a promise: files that a change takes away, or names without there being one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from bot.contracts.tree import Pointer
from bot.registry.edits.edit import Edit, Side
from bot.registry.impact import Guarantee
from bot.registry.model import Behaviour, Contract
from bot.registry.problem import Problem
from bot.registry.reading import Reading, Remark, place
from bot.registry.snapshot import ChangedFile
from bot.registry.verified import is_there, path_of


def compare(old: Contract, new: Contract, head: Side, changed: Sequence[ChangedFile]) -> Iterator[Edit]:
    """Tests that the change removes, or moves, while the promise goes on naming them. Whom that concerns is the
    verification owner: the promise itself stands.
    """
    gone = {path for file in changed for path in left_behind(file)} - {file.path for file in _staying(changed)}
    known = {behaviour.id for behaviour in old.behaviours}
    for index, behaviour in enumerate(new.behaviours):
        for n, name in enumerate(behaviour.verified_by):
            if behaviour.id in known and (path := path_of(name)) in gone:
                yield Edit(
                    contract=old.id,
                    fact="registry.behaviour.test_removed",
                    element=f"behaviours.{behaviour.id}",
                    spot=head.at_contract(new.id, "behaviours", index, "verified_by", n),
                    before=path,
                    identity=(str(path), ""),
                    attributes={"name": behaviour.id, "at": behaviour.at, "aspect": behaviour.aspect},
                    subject=str(path),
                    places=(behaviour.at,),
                    guarantee=Guarantee(behaviour.level),
                )


def left_behind(file: ChangedFile) -> tuple[str, ...]:
    """The path at which a changed file is no longer."""
    if file.status == "removed":
        return (file.path,)
    return (file.previous_path,) if file.status == "renamed" and file.previous_path else ()


def paths(behaviour: Behaviour) -> frozenset[str]:
    return frozenset(path for name in behaviour.verified_by if (path := path_of(name)))


def followed(name: str, moved: Mapping[str, str]) -> str:
    """An entry of `verified_by` whose file the change has renamed, as it is called from then on."""
    path = path_of(name)
    return name.replace(path, moved[path], 1) if path is not None and path in moved else name


def missing(
    before: Reading, after: Reading, known: Collection[str] | None, changed: Sequence[ChangedFile]
) -> tuple[Problem, ...]:
    """Files that the registry newly names, and that are not there once the change is merged.

    known: every file at the tip of the base; without it nothing is known to be missing.
    """
    if known is None:
        return ()
    gone = {path for file in changed for path in left_behind(file)}
    there = (frozenset(known) - gone) | {file.path for file in _staying(changed)}
    remarks = [
        Remark(
            "error",
            path,
            pointer,
            f"`{behaviour}` is to be verified by `{test}`, which is not a file of the repository.",
            "Write the path of the test.",
        )
        for path, pointer, behaviour, test in newly_named(before, after)
        if not is_there(test, there)
    ]
    return tuple(place(remarks, after.documents))


def newly_named(before: Reading, after: Reading) -> Iterator[tuple[str, Pointer, str, str]]:
    """Registry file, pointer, behaviour and path of each test that only the edited registry names."""
    named = {path for file in before.files.values() for c in file.contracts for b in c.behaviours for path in paths(b)}
    for path, file in after.files.items():
        for c, contract in enumerate(file.contracts):
            for b, behaviour in enumerate(contract.behaviours):
                for n, name in enumerate(behaviour.verified_by):
                    test = path_of(name)
                    if test is not None and test not in named:
                        yield path, ("contracts", c, "behaviours", b, "verified_by", n), behaviour.id, test


def _staying(changed: Sequence[ChangedFile]) -> list[ChangedFile]:
    return [file for file in changed if file.status != "removed"]
