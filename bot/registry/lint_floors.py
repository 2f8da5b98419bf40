"""An organisation's floors: where they count, and what a repository sets below them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.contracts.tree import Pointer
from bot.registry.floors import raised
from bot.registry.model import Floors, Registry, RegistryFile
from bot.registry.problem import Severity

_Note = tuple[Severity, Pointer, str, str]

ORGANISATION = ".github"
"""The name of the repository whose floors hold for a whole organisation."""


def notes(file: RegistryFile, repository: str | None) -> Iterator[_Note]:
    """What is wrong with the floors, and the default for all, that it sets. repository: `owner/name`, where known."""
    is_organisations = repository is not None and repository.rpartition("/")[2] == ORGANISATION
    if file.floors is not None and repository is not None and not is_organisations:
        message = "`floors` count only in the organisation's `.github` repository; here nobody reads them."
        yield "warning", ("floors",), message, f"Move them to `{repository.partition('/')[0]}/{ORGANISATION}`."
    if file.contracts or (repository is not None and not is_organisations):
        return
    unsigned = "for this file has no contract and no decision owner."
    instead = "Register the file itself: a contract of `type: other` with `files: [.github/contracts.yml]`."
    if file.floors is not None:
        yield "warning", ("floors",), f"Nobody has to sign when these floors are lowered, {unsigned}", instead
    if is_organisations and "enforcement" in file.defaults.model_fields_set:
        message = f"This holds wherever nothing else is said. Nobody has to sign when it is lowered, {unsigned}"
        yield "warning", ("defaults", "enforcement"), message, instead


def below(
    file: RegistryFile, raw: Mapping[str, Any], registry: Registry | None, floors: Floors | None
) -> Iterator[_Note]:
    """What the file sets below the organisation's floors: it counts for nothing."""
    if floors is None or registry is None:
        return
    written = {contract.id: index for index, contract in enumerate(file.contracts)}
    told: set[Pointer] = set()
    for one in raised(registry, floors):
        if one.contract not in written:
            continue
        pointer = _pointer(one.term, raw, written[one.contract])
        if pointer is not None and pointer not in told:
            told.add(pointer)
            message = f"`{one.term}: {one.value}` is below the organisation's floor, so it counts as {one.floor}."
            yield "warning", pointer, message, f"Write `{one.floor}`, or more."


def _pointer(term: str, raw: Mapping[str, Any], contract: int) -> Pointer | None:
    """Where the term is written, in the contract or in the file's defaults; None where it only holds by default."""
    keys = term.split(".")[:2]
    for at, holder in ((("contracts", contract), raw["contracts"][contract]), (("defaults",), raw.get("defaults"))):
        found = holder
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        if found is not None:
            return (*at, *keys)
    return None
