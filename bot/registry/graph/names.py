"""Which repository a name means: its present name, or one that it had before (hard case: renamed and transferred)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.registry.graph.half import Half


@dataclass(frozen=True, slots=True)
class Names:
    """Halves by every name they go by, `owner/name` in lower case. Who has a name now comes before who had it."""

    halves: Mapping[str, Half] = field(default_factory=dict)

    @classmethod
    def of(cls, halves: Iterable[Half]) -> Names:
        known = tuple(halves)
        former = {name.lower(): half for half in known for name in half.former}
        return cls(former | {half.repository.lower(): half for half in known})

    def half(self, repository: str) -> Half | None:
        return self.halves.get(repository.lower())

    def key(self, repository: str) -> str:
        """The repository's present name in lower case; of one that is not known, the name it was called by."""
        half = self.half(repository)
        return (half.repository if half else repository).lower()

    def contract(self, written: str, repository: str) -> tuple[str, str]:
        """(key of the repository, id of the contract) for `owner/name#id`, or `id` in `repository` itself."""
        named, hash, id = written.rpartition("#")
        return (self.key(named), id) if hash else (self.key(repository), written)


def same(one: str | None, other: str | None) -> bool:
    """Whether two handles or repository names are the same; GitHub ignores their case."""
    return bool(one and other) and str(one).lower() == str(other).lower()


def organisation(repository: str) -> str:
    return repository.partition("/")[0].lower()
