"""All halves as one graph, and what a producer's gate sees of it: who said what, and who is to be asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from bot.registry import globs
from bot.registry.floors import with_floors
from bot.registry.gather import has_files
from bot.registry.graph.graph import Edge, Graph, Node, SaidBy
from bot.registry.graph.half import Half
from bot.registry.graph.names import Names
from bot.registry.graph.voices import Listening, Voice
from bot.registry.model import Assumption, Component, Contract, Floors, Registry, Use
from bot.registry.proposed import settled
from bot.registry.terms import Enforcement

FLOORS = ".github"
"""The repository of an organisation in which its floors and its default enforcement stand."""


def join(halves: Iterable[Half]) -> Graph:
    """The graph of these repositories. Proposed entries are not in it; a broken half is there as it last was. Contracts
    are as they count: with their organisation's default and floors.
    """
    known = {half.repository.lower(): half for half in halves}
    listening = Listening.to(known.values())
    nodes: list[Node] = []
    edges: list[Edge] = []
    for half in known.values():
        if half.registry is None:
            continue
        demanded, _ = _floors(listening.names, half.repository)
        default = _default_enforcement(listening.names, half.repository)
        registry = with_floors(settled(half.registry), demanded, enforcement=default)
        voices: dict[str, list[Voice]] = defaultdict(list)
        for voice in listening.voices(half.repository, registry):
            for id in dict.fromkeys(use.contract for use in voice.consumer.uses):
                voices[id].append(voice)
        for contract in registry.contracts:
            node = Node(f"{half.repository}#{contract.id}", half.repository, contract, half.hidden)
            nodes.append(node)
            edges += (edge for voice in voices[contract.id] if (edge := _edge(node, voice, half)) is not None)
    return Graph(known, tuple(nodes), tuple(edges), listening)


def of(graph: Graph, repository: str) -> Registry | None:
    """The registry of a repository's default branch as its gate must see it; None when there is none. See `seen_by`."""
    half = graph.names.half(repository)
    return seen_by(graph, repository, half.registry) if half and half.registry else None


def seen_by(graph: Graph, repository: str, base: Registry) -> Registry:
    """A producer's registry, as it is where a pull request goes to, with every consumer that is known to depend.

    Policy is the base's. Consumers are those registered in it and those whose own halves name its contracts;
    `own_words` says of these whether their signature is required. Proposed entries are left out.
    """
    registry = settled(base)
    voices = graph.listening.voices(repository, registry)
    return registry.model_copy(
        update={
            "consumers": tuple(voice.consumer for voice in voices),
            "own_words": {voice.consumer.id: voice.word for voice in voices if voice.word is not None},
            "is_organisations": graph.names.key(repository).endswith(f"/{FLOORS}"),
        }
    )


def only_asked(registry: Registry) -> frozenset[str]:
    """The consumers whose own half may not block (hard case 10)."""
    return frozenset(id for id, word in registry.own_words.items() if not word.blocks)


def producers_of(half: Half, graph: Graph) -> frozenset[str]:
    """The repositories, in lower case, whose contracts the half consumes, as it says or as its files show."""
    written = [entry.contract for entry in half.registry.consumes] if half.registry else []
    written += [use.contract for use in half.uses]
    named = {graph.names.contract(contract, half.repository)[0] for contract in written}
    return frozenset(named - {half.repository.lower()})


def consuming_components(graph: Graph, repository: str) -> tuple[Component, ...]:
    """Who says in a repository of its own that it consumes a contract of this one."""
    own = repository.lower()
    return tuple(
        other.registry.component
        for other in graph.halves.values()
        if other.registry is not None and other.registry.component is not None and other.repository.lower() != own
        if any(
            graph.names.contract(entry.contract, other.repository)[0] == own
            for entry in other.registry.consumes
            if not entry.proposed
        )
    )


def broken_consumers(graph: Graph, repository: str, registry: Registry) -> tuple[str, ...]:
    """What is wrong with the halves of those who consume this repository's contracts, a sentence each, with file and
    line. They hold nobody up: what they said before goes on counting. A repository that not all readers of this one
    may see is not named.
    """
    key = graph.names.key(repository)
    producer = graph.names.half(repository)
    registered = {graph.names.key(consumer.repo) for consumer in registry.consumers if consumer.repo}
    found: list[str] = []
    for half in sorted(graph.halves.values(), key=lambda half: half.repository.lower()):
        own = half.repository.lower()
        if not half.problems or own == key or not (own in registered or key in producers_of(half, graph)):
            continue
        instead = "What it last said goes on counting." if half.registry else "So nothing of it counts."
        if not is_seen_by(half, producer):
            found.append(f"The registry of a private consumer can't be read. {instead}")
            continue
        more = f" (and {len(half.problems) - 1} more)" if len(half.problems) > 1 else ""
        found.append(f"`{half.repository}` can't be read in full. {half.problems[0]}{more} {instead}")
    return tuple(dict.fromkeys(found))


def is_seen_by(half: Half, producer: Half | None) -> bool:
    """Whether everybody who can read the producer's repository can read the half's."""
    if not half.hidden:
        return True
    return producer is not None and producer.hidden and (half.internal or not producer.internal)


def floors(graph: Graph, repository: str) -> tuple[Floors | None, tuple[str, ...]]:
    """What the organisation demands of every registry; and why that is not known, when its registry is broken and
    never was anything else.
    """
    return _floors(graph.names, repository)


def _floors(names: Names, repository: str) -> tuple[Floors | None, tuple[str, ...]]:
    half = _house(names, repository)
    if half is None:
        return None, ()
    if half.registry is None:
        return None, tuple(f"{half.repository}: {problem}" for problem in half.problems)
    return half.registry.floors, ()


def default_enforcement(graph: Graph, repository: str) -> Enforcement | None:
    """How contracts of the organisation are enforced whose own registry does not say it; None when nobody does."""
    return _default_enforcement(graph.names, repository)


def _default_enforcement(names: Names, repository: str) -> Enforcement | None:
    half = _house(names, repository)
    return half.registry.default_enforcement if half and half.registry else None


def _house(names: Names, repository: str) -> Half | None:
    """The half of the organisation's own repository."""
    return names.half(f"{repository.partition('/')[0]}/{FLOORS}")


def _edge(node: Node, voice: Voice, producer: Half) -> Edge | None:
    id = node.contract.id
    uses = [use for use in voice.consumer.uses if use.contract == id and not _is_shown(use, voice, producer)]
    if not uses:
        return None
    entry = voice.entries.get(id)
    registered = [use for use in voice.registered.uses if use.contract == id] if voice.registered else []
    evidence = {element for use in uses if use.evidence.kind != "declared" for element in use.elements}
    theirs = {element for use in registered for element in use.elements}
    own = set(entry.elements) if entry else set[str]()
    compared = bool(theirs and own)
    component = producer.registry.component if producer.registry else None
    itself = component is not None and component.id == voice.consumer.id
    return Edge(
        contract=node.name,
        consumer=voice.consumer,
        uses=tuple(_named(use, node.name) for use in uses),
        assumes=_assumed(node.contract, voice),
        said_by=_said_by(bool(registered), entry is not None or itself),
        repository=voice.half.repository if voice.half else voice.consumer.repo or "",
        hidden=voice.consumer.visibility == "private" or bool(voice.half and voice.half.hidden),
        only_producer=tuple(sorted(theirs - own - evidence)) if compared else (),
        only_consumer=tuple(sorted(own - theirs)) if compared else (),
        offered=tuple(use for use in voice.gathered if use.offered and use.contract.rpartition("#")[2] == id),
        word=voice.word,
    )


def _is_shown(use: Use, voice: Voice, producer: Half) -> bool:
    """Whether a use that lists nothing names files that say what is used, read without any trouble."""
    if use.elements or not has_files(use.evidence) or producer.problems:
        return False
    return any(
        one.contract.rpartition("#")[2] == use.contract
        and one.kind == use.evidence.kind
        and not (one.pending or one.offered)
        and globs.matches(use.evidence.ref, one.ref.rpartition(":")[0])
        for one in voice.gathered
    )


def _said_by(registered: bool, own: bool) -> SaidBy:
    if registered and own:
        return "both"
    return "producer" if registered else "consumer"


def _named(use: Use, contract: str) -> Use:
    return use.model_copy(update={"contract": contract})


def _assumed(contract: Contract, voice: Voice) -> tuple[Assumption, ...]:
    """Its own half says for each contract what it assumes; the producer's says it of the consumer, so that only
    `backed_by` can tell that another contract is meant.
    """
    entry = voice.entries.get(contract.id)
    own = entry.assumes if entry else ()
    elsewhere = [one for id, other in voice.entries.items() if id != contract.id for one in other.assumes]
    behaviours = {behaviour.id for behaviour in contract.behaviours}
    others = {use.contract for use in voice.consumer.uses} - {contract.id}
    return tuple(
        one
        for one in voice.consumer.assumes
        if one in own or (one not in elsewhere and (not others or one.backed_by is None or one.backed_by in behaviours))
    )
