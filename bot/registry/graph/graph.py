"""The graph of contracts and those who use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.registry.graph.half import GatheredUse, Half
from bot.registry.graph.names import Names
from bot.registry.graph.voices import Listening
from bot.registry.model import Assumption, Consumer, Contract, OwnWord, Use

SaidBy = Literal["both", "producer", "consumer"]
"""Whose half names the consumer: *matches*, *only the producer says*, *only the consumer says*."""


@dataclass(frozen=True, slots=True)
class Node:
    """A contract. name: `owner/repository#id`. hidden: its repository is private."""

    name: str
    repository: str
    contract: Contract
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """A consumer of a contract, both halves joined.

    consumer: with its own half's word for its owner and what it tolerates, where there is one. uses and assumes: those
    on this contract only, declared ones and those that evidence shows; `Use.contract` is the contract's name.
    repository: the consumer's, empty when nobody said. hidden: private, or its repository is.
    only_producer, only_consumer: elements that just one half names, when both name the consumer. word: what its own
    half says about signing.
    """

    contract: str
    consumer: Consumer
    uses: tuple[Use, ...]
    assumes: tuple[Assumption, ...]
    said_by: SaidBy
    repository: str = ""
    hidden: bool = False
    only_producer: tuple[str, ...] = ()
    only_consumer: tuple[str, ...] = ()
    offered: tuple[GatheredUse, ...] = ()
    word: OwnWord | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """halves: by repository, `owner/name` in lower case. listening: who speaks of which producer.

    Made by `bot.registry.graph.joined.join`.
    """

    halves: Mapping[str, Half] = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    listening: Listening = field(default_factory=Listening)

    @property
    def names(self) -> Names:
        return self.listening.names

    def users(self, contract: str) -> tuple[Edge, ...]:
        """The edges of one contract, by its full name."""
        return tuple(edge for edge in self.edges if edge.contract == contract)
