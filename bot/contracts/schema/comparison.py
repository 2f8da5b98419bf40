"""The JSON Schema comparison that every format built on schemas shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.contracts.change import AttributeValue, Direction
from bot.contracts.options import Options
from bot.contracts.sameness import Sameness
from bot.contracts.schema import keywords, remarks, structure, unions
from bot.contracts.schema.inclusion import annotates, narrows, widens
from bot.contracts.schema.normalise import Normaliser
from bot.contracts.schema.notes import Notes, Visibility
from bot.contracts.schema.paths import ROOT
from bot.contracts.schema.places import Felt, Local, Places
from bot.contracts.schema.shape import Conjunction, Shape
from bot.contracts.schema.values import Dialect, SchemaChange, Side
from bot.contracts.tree import Node, Pointer, Resolver

_Key = tuple[tuple[tuple[str, Pointer], ...], tuple[tuple[str, Pointer], ...]]

_OWN_WORDS = ("name", "required", "was_required")
_NOWHERE = Node("", (), None)


class SchemaComparison:
    """Compares schemas of one base and one head. Pairs that were compared once are remembered.

    Facts are neutral: widened or narrowed, added or removed. What that does to whom is a matter of direction, which
    is a place attribute, together with `read_only` (request) and `write_only` (response): at such a place the value
    never travels.
    """

    def __init__(
        self, base: Resolver, head: Resolver, base_dialect: Dialect, head_dialect: Dialect, options: Options
    ) -> None:
        self._base = Normaliser(base, base_dialect)
        self._head = Normaliser(head, head_dialect)
        self._sameness = Sameness(base, head)
        self._options = options
        self._pairs: dict[_Key, tuple[Conjunction, Conjunction]] = {}
        self._locals: dict[_Key, Local[_Key]] = {}
        self._open: set[_Key] = set()
        self._base_shapes: dict[tuple[tuple[str, Pointer], ...], Shape] = {}
        self._head_shapes: dict[tuple[tuple[str, Pointer], ...], Shape] = {}
        self._places = Places(self._local)

    def compare(self, base: Node, head: Node, direction: Direction) -> Sequence[SchemaChange]:
        """Every difference between two schemas, with the path where it is felt.

        `site` and `definition` name the edit that causes it, so that the caller can group what is felt in many places.
        """
        if self._sameness.same(base, head):
            return ()
        pair = self._remember(self._base.conjunction([base]), self._head.conjunction([head]))
        if pair is None:
            return ()
        return tuple(_at_place(felt, direction) for felt in self._places.below(pair))

    def _remember(self, base: Conjunction, head: Conjunction) -> _Key | None:
        """The key of a pair that has to be compared; None when the two are the same."""
        if len(base) == len(head) and all(map(self._sameness.same, base, head)):
            return None
        key = (_places_of(base), _places_of(head))
        self._pairs.setdefault(key, (base, head))
        return key

    def _local(self, key: _Key) -> Local[_Key]:
        if key not in self._locals:
            self._open.add(key)
            self._locals[key] = self._compare_pair(*self._pairs[key])
            self._open.discard(key)
        return self._locals[key]

    def _compare_pair(self, base: Conjunction, head: Conjunction) -> Local[_Key]:
        old, new = self._read_base(base), self._read_head(head)
        if old.folded and new.unions and not old.unions:
            old = self._base.shape(base, _NOWHERE, fold=False)
        elif new.folded and old.unions and not new.unions:
            new = self._head.shape(head, _NOWHERE, fold=False)
        notes = Notes(
            base=old,
            head=new,
            base_nodes=base,
            head_nodes=head,
            today=self._options.today,
            deprecation_days=self._options.deprecation_days,
            read_base=lambda nodes: self._read_base(self._base.conjunction(nodes)),
            read_head=lambda nodes: self._read_head(self._head.conjunction(nodes)),
            follow_base=lambda node: self._base.conjunction([node]),
            follow_head=lambda node: self._head.conjunction([node]),
            equivalent=self._equivalent,
            within=self._within,
            closed_content=self._options.content != "open",
        )
        compare_shapes(notes)
        steps: list[tuple[str, _Key, Visibility]] = []
        for edge in notes.edges:
            pair = self._remember(self._base.conjunction(edge.base), self._head.conjunction(edge.head))
            if pair is not None:
                steps.append((edge.step, pair, edge.hidden))
        return self.settled(base, head, Local(tuple(notes.changes), tuple(steps)))

    def settled(self, base: Conjunction, head: Conjunction, local: Local[_Key]) -> Local[_Key]:  # noqa: ARG002
        """What one pair contributes, once it is compared. Formats that know more about their values add it here."""
        return local

    def _equivalent(self, base: Conjunction, head: Conjunction) -> bool:
        """Whether two conjunctions say the same, documentation aside. In doubt (inside a cycle) they do not."""
        return self._differ_only_by(base, head, annotates)

    def _within(self, base: Conjunction, head: Conjunction, narrow: Side) -> bool:
        return self._differ_only_by(base, head, widens if narrow == "base" else narrows)

    def _differ_only_by(self, base: Conjunction, head: Conjunction, allowed: Callable[[SchemaChange], bool]) -> bool:
        start = self._remember(base, head)
        waiting = [] if start is None else [start]
        seen = set(waiting)
        while waiting:
            key = waiting.pop()
            if key in self._open:
                return False
            local = self._local(key)
            if not all(map(allowed, local.changes)):
                return False
            for _, target, _ in local.steps:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return True

    def _read_base(self, nodes: Conjunction) -> Shape:
        key = _places_of(nodes)
        if key not in self._base_shapes:
            self._base_shapes[key] = self._base.shape(nodes, _NOWHERE)
        return self._base_shapes[key]

    def _read_head(self, nodes: Conjunction) -> Shape:
        key = _places_of(nodes)
        if key not in self._head_shapes:
            self._head_shapes[key] = self._head.shape(nodes, _NOWHERE)
        return self._head_shapes[key]


def compare_shapes(notes: Notes) -> None:
    """Everything that is different at one value, and the subschemas to be compared next."""
    if structure.compare_unresolved(notes):
        return
    remarks.compare_other(notes)
    remarks.compare_lifecycle(notes)
    if not unions.compare_unions(notes) or not keywords.compare_types(notes):
        return
    if structure.compare_replaced(notes):
        return
    keywords.compare_values(notes)
    keywords.compare_extensible_enum(notes)
    keywords.compare_bounds(notes)
    keywords.compare_patterns(notes)
    keywords.compare_format(notes)
    keywords.compare_default(notes)
    keywords.compare_content(notes)
    structure.compare_properties(notes)
    structure.compare_additional(notes)
    structure.compare_containers(notes)
    structure.compare_named(notes)
    structure.compare_prefix_items(notes)
    unions.compare_negations(notes)
    unions.compare_conditionals(notes)


def _places_of(nodes: Conjunction) -> tuple[tuple[str, Pointer], ...]:
    return tuple((node.path, node.pointer) for node in nodes)


def _at_place(felt: Felt, direction: Direction) -> SchemaChange:
    place: dict[str, AttributeValue] = {"direction": direction}
    if direction == "request" and felt.hidden[0]:
        place["read_only"] = True
    if direction == "response" and felt.hidden[1]:
        place["write_only"] = True
    # A parameter has a name and may be required, too; here the property's own are meant.
    place |= {name: felt.change.attributes[name] for name in _OWN_WORDS if name in felt.change.attributes}
    return replace(felt.change, path=ROOT + felt.path, place_attributes=place)
