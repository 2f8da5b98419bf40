"""What was found, as entries of a registry: every inferred line says where it comes from, every entry `proposed: true`.

What nobody can infer is a TODO. Lines are written without indentation; whoever puts them into a file indents them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.contracts import address
from bot.contracts.document import Position
from bot.registry import globs
from bot.registry.drafting.codeowners import Owners
from bot.registry.drafting.found import Consumed, Contract, Found, Outdated, User
from bot.registry.drafting.users import same_name
from bot.registry.drafting.words import TODO_OWNER, quoted, slug, telling, unique
from bot.registry.importers.naming import called
from bot.registry.model import Registry
from bot.registry.terms import API_VERSION, KIND

OwnersOf = Callable[[str], tuple[Owners, str]]
"""Who owns a file by CODEOWNERS, and the path of that file."""

_MOST_ELEMENTS = 60
_MOST_OPERATIONS = 40
_MOST_DEPRECATED = 60
_PROPOSED = "proposed: true  # take this line away once the entry is right; until then it counts for nothing"
_CALLED = ("openapi", "graphql")
"""Formats of what is called an API."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Blocks of lines, each one entry of its list. component: who consumes, empty when the registry says so already."""

    contracts: tuple[tuple[str, ...], ...] = ()
    consumers: tuple[tuple[str, ...], ...] = ()
    consumes: tuple[tuple[str, ...], ...] = ()
    component: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.contracts or self.consumers or self.consumes)


def propose(found: Found, owners_of: OwnersOf, known: Registry | None = None) -> Proposal:
    """The entries that `known` lacks. What it has stays as it is, however it is written."""
    known = known or Registry()
    taken = {contract.id for contract in known.contracts}
    named: list[tuple[Contract, str]] = []
    fresh: list[tuple[Contract, str]] = []
    for contract in found.contracts:
        registered = _registered(contract, known)
        if registered is not None:
            named.append((contract, registered))
        elif not any(globs.matches_any(known.ignore, path) for path in contract.paths):
            fresh.append((contract, _identifier(contract, taken)))
    consumed = [entry for entry in found.consumed if not _is_consumed(entry, known)]
    return Proposal(
        contracts=tuple(tuple(_contract(contract, id, owners_of)) for contract, id in fresh),
        consumers=tuple(_consumers([*named, *fresh], known, owners_of)),
        consumes=tuple(tuple(_consumption(entry)) for entry in _each_once(consumed)),
        component=tuple(_component(consumed)) if consumed and known.component is None else (),
        ignore=tuple(found.ignored) if not known.contracts else (),
    )


def whole(proposal: Proposal, ignored: Mapping[str, int]) -> str:
    """A new registry file of these entries."""
    lines = [
        "# Which contracts this repository offers, who answers for them and who uses them.",
        "# Proposed by `countersign init` from the files that it names. Nothing here counts yet: settle each TODO,",
        "# then take `proposed: true` away, entry by entry. `countersign lint` lists what is left.",
        f"apiVersion: {API_VERSION}",
        f"kind: {KIND}",
    ]
    if proposal.ignore:
        lines.append("ignore:")
        for pattern in proposal.ignore:
            lines.append(f"  - {quoted(pattern)}  # {_files(ignored.get(pattern, 0))}: copies or samples, by its name")
    if proposal.component:
        lines += ["component:", *(f"  {line}" for line in proposal.component)]
    for key in ("contracts", "consumers", "consumes"):
        blocks: tuple[tuple[str, ...], ...] = getattr(proposal, key)
        if blocks:
            lines += [f"{key}:", *indented(blocks, 2)]
    if proposal.contracts and not proposal.consumers:
        lines += [
            "consumers: []",
            "# Nobody listed is unknown, not none: until consumers are, the decision owner signs every break.",
        ]
    return "\n".join(lines) + "\n"


def indented(blocks: Iterable[Sequence[str]], spaces: int) -> list[str]:
    return [f"{' ' * spaces}{line}" for block in blocks for line in block]


def _registered(contract: Contract, known: Registry) -> str | None:
    """The id under which the contract's first file is registered."""
    for entry in known.contracts:
        if any(path == entry.entrypoint or globs.matches_any(entry.files, path) for path in contract.paths):
            return entry.id
    return None


def _identifier(contract: Contract, taken: set[str]) -> str:
    """From its package, the telling part of its path, its title, or at the least its format."""
    if contract.format == "protobuf" and contract.version is not None:
        return unique(slug("-".join(contract.version.stated.text.split(".")[-2:])), taken)
    of_many = len(contract.paths) > 1 and contract.entrypoint is None
    path = str(PurePosixPath(contract.paths[0]).parent) if of_many else contract.entrypoint or contract.paths[0]
    title = slug(contract.title.text) if contract.title is not None else ""
    name = telling(path) or title or ("api" if contract.format == "openapi" else contract.format)
    if contract.format in _CALLED and not name.endswith("api"):
        name = f"{name}-api"
    return unique(name, taken)


def _contract(contract: Contract, id: str, owners_of: OwnersOf) -> Iterator[str]:
    yield f"- id: {id}"
    yield f"  {_PROPOSED}"
    if contract.title is not None:
        yield f"  title: {quoted(contract.title.text)}  # from {_place(contract.title.position)}"
    others = {user.provider: user.position for user in contract.users if not called(user.provider or id, {id})}
    if others:
        names = ", ".join(quoted(name) for name in others)
        yield f"  known_as: [{names}]  # the provider in {_place(next(iter(others.values())))}"
    yield f"  type: {contract.format}  # from {_place(contract.known)}"
    yield "  lifecycle: production  # TODO: experimental, if nobody should depend on it yet (then nothing is held)"
    listed = ", ".join(quoted(pattern) for pattern in contract.files)
    count = f"  # {_files(len(contract.paths))}" if len(contract.paths) > 1 else ""
    yield f"  files: [{listed}]{count}"
    if contract.entrypoint is not None and len(contract.paths) > 1:
        yield f"  entrypoint: {quoted(contract.entrypoint)}  # the others are reached from it by $ref"
    says = _suggestion(contract.entrypoint or contract.paths[0], owners_of)
    yield f"  owner: {quoted(TODO_OWNER)}  # TODO: who produces it{says}"
    yield f"  decision_owner: {quoted(TODO_OWNER)}  # TODO: who decides about its compatibility{says}"
    if contract.version is not None:
        stated = contract.version.stated
        scheme = f"{{scheme: {contract.version.scheme}, from: {contract.version.origin}}}"
        yield f"  version: {scheme}  # from {_place(stated.position)} ({_comment(stated.text)})"
    yield from _guarantees(contract)
    yield from _deprecated(contract.deprecated, contract.shared_marks)


def _guarantees(contract: Contract) -> Iterator[str]:
    """What is used is to stay; of what nobody is seen to use, a person asks whether it may change."""
    used: dict[str, tuple[User, Position]] = {}
    for user in contract.users:
        for element, position in user.elements.items():
            used.setdefault(address.normalise(str(address.read(element).operation)), (user, position))
    yield "  guarantees:"
    everything_seen = bool(contract.users) and all(user.elements for user in contract.users)
    unused: list[str] = []
    for operation in contract.operations[:_MOST_OPERATIONS] if everything_seen else ():
        by = used.get(address.normalise(operation))
        if by is None:
            unused.append(operation)
            continue
        user, position = by
        who = f"used by {_comment(user.name)} ({_place(position)})"
        yield f"    - {{at: {quoted(operation)}, level: guaranteed, proposed: true}}  # {who}"
    if unused:
        yield "    # TODO ask: may these change? Nothing in this repository shows that anybody uses them."
        yield from (f"    # - {{at: {_comment(quoted(operation))}, level: may_change}}" for operation in unused)
    yield '    - {at: "**", level: guaranteed}  # TODO: put lines for what may change above this one'


def _deprecated(entries: Sequence[Outdated], shared: Sequence[Position]) -> Iterator[str]:
    if entries:
        yield "  deprecated:"
    for entry in entries[:_MOST_DEPRECATED]:
        sunset = f", sunset: {quoted(entry.sunset)}" if entry.sunset else ""
        missing = "since and successor" if entry.sunset else "since, sunset and successor"
        line = f"{{at: {quoted(entry.element)}{sunset}, proposed: true}}"
        yield f"    - {line}  # from {_place(entry.position)}; TODO: {missing}"
    if len(entries) > _MOST_DEPRECATED:
        rest = entries[_MOST_DEPRECATED:]
        yield f"    # TODO: {len(rest):,} more elements are marked as deprecated, from {_place(rest[0].position)} on"
    for position in shared:
        yield f"  # TODO: {_place(position)} is deprecated, in many places: write a pattern for it into `deprecated`"


def _consumers(
    contracts: Sequence[tuple[Contract, str]], known: Registry, owners_of: OwnersOf
) -> Iterator[tuple[str, ...]]:
    uses: dict[str, list[tuple[User, str]]] = defaultdict(list)
    for contract, id in contracts:
        for user in contract.users:
            if not _is_known(user, id, known):
                uses[user.name].append((user, id))
    taken = {consumer.id for consumer in known.consumers}
    for name in sorted(uses):
        yield tuple(_consumer(name, unique(slug(name) or "todo", taken), uses[name], owners_of))


def _consumer(name: str, id: str, uses: Sequence[tuple[User, str]], owners_of: OwnersOf) -> Iterator[str]:
    first = uses[0][0]
    yield f"- id: {id}  # from {_place(first.position)}"
    yield f"  {_PROPOSED}"
    if id != name:
        yield f"  known_as: [{quoted(name)}]"
    yield f"  owner: {quoted(TODO_OWNER)}  # TODO: who signs for it{_suggestion(first.position.path, owners_of)}"
    yield "  uses:"
    for user, contract in uses:
        yield f"    - contract: {contract}"
        seen = f", seen: {quoted(user.seen)}" if user.seen else ""
        yield f"      evidence: {{kind: {user.kind}, ref: {quoted(user.ref)}{seen}}}"
        if not user.elements:
            continue
        if len(user.elements) > _MOST_ELEMENTS:
            yield f"      # {len(user.elements):,} elements: they are read from the evidence itself"
            continue
        yield "      elements:"
        yield from (f"        - {quoted(e)}  # from {_place(at)}" for e, at in sorted(user.elements.items()))


def _consumption(entry: Consumed) -> Iterator[str]:
    home = quoted(f"TODO/TODO#{slug(entry.contract) or 'TODO'}")
    yield f"- contract: {home}  # TODO: owner/repository#contract-id; from {_place(entry.position)}"
    yield f"  {_PROPOSED}"
    provider = f", provider: {quoted(entry.provider)}" if entry.provider else ""
    yield "  evidence_from:"
    yield f"    - {{kind: {entry.kind}, path: {quoted(entry.path)}{provider}}}"


def _component(consumed: Sequence[Consumed]) -> Iterator[str]:
    first = next((entry for entry in consumed if entry.component), None)
    name = first.component if first is not None else ""
    from_ = f"  # from {_place(first.position)}" if first is not None else "  # TODO: what this repository is called"
    yield f"id: {slug(name) or 'TODO'}{from_}"
    if name and slug(name) != name:
        yield f"known_as: [{quoted(name)}]"
    yield f"owner: {quoted(TODO_OWNER)}  # TODO: who signs for it"


def _each_once(consumed: Sequence[Consumed]) -> list[Consumed]:
    return list({(slug(entry.contract), entry.kind): entry for entry in reversed(consumed)}.values())[::-1]


def _is_known(user: User, contract: str, known: Registry) -> bool:
    """Whether the registry has the consumer as one of the contract; then it is for a person to say more of it."""
    return any(
        same_name(name, user.name)
        for consumer in known.consumers_of(contract)
        for name in (consumer.id, *consumer.known_as)
    ) or any(
        globs.matches(source.path, user.ref)
        for one in known.contracts
        if one.id == contract
        for source in one.evidence_from
    )


def _is_consumed(entry: Consumed, known: Registry) -> bool:
    return any(
        same_name(one.contract.rpartition("#")[2], entry.contract)
        or any(globs.matches(source.path, entry.path) or source.path == entry.path for source in one.evidence_from)
        for one in known.consumes
    )


def _suggestion(path: str, owners_of: OwnersOf) -> str:
    owners, where = owners_of(path)
    return f" ({where}:{owners.line} says {' '.join(owners.handles)})" if owners.handles else ""


def _place(position: Position) -> str:
    return _comment(f"{position.path}:{position.line}")


def _comment(text: str) -> str:
    """Text in a comment stays in its line."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _files(count: int) -> str:
    return f"{count:,} file" + ("" if count == 1 else "s")
