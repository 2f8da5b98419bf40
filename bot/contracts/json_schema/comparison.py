"""Two schemas of stored data: each difference with what it does to data that exists, and to readers that exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.contracts.change import AttributeValue, Direction
from bot.contracts.json_schema.effects import Nature, by_the_letter, nature
from bot.contracts.json_schema.proof import Answer, Prover
from bot.contracts.json_schema.proof.formula import Schema, SideName
from bot.contracts.options import Options
from bot.contracts.references import FileResolver
from bot.contracts.schema import Dialect, SchemaChange, SchemaComparison
from bot.contracts.schema.notes import canonical
from bot.contracts.schema.paths import ROOT, definition_of
from bot.contracts.schema.places import Local
from bot.contracts.schema.shape import Conjunction
from bot.contracts.tree import Node, Pointer

Effect = Literal["breaks", "unclear", "fine"]
Effects = tuple[Effect, Effect]
"""On reading old data with the new schema, and new data with the old one."""

_Key = tuple[tuple[tuple[str, Pointer], ...], tuple[tuple[str, Pointer], ...]]
_DIRECTIONS = ("backward", "forward")
_LONGEST_EXAMPLE = 50


@dataclass(frozen=True, slots=True)
class _Judged:
    """A difference at its pair. `proven`: in which directions all differences of the pair together do no harm."""

    effects: Effects
    example: str | None


class DataComparison(SchemaComparison):
    """The shared comparison, with a proof beside each pair of schemas.

    What is proven to do no harm to a pair does none to what is inside it, whatever it looks like there.
    """

    def __init__(
        self, base: FileResolver, head: FileResolver, dialects: tuple[Dialect, Dialect], options: Options
    ) -> None:
        super().__init__(base, head, *dialects, options)
        self._settings = options
        self._roots: dict[SideName, FileResolver] = {"base": base, "head": head}
        siblings = dialects[0] != _REFERENCES_ALONE, dialects[1] != _REFERENCES_ALONE
        self._provers = (
            Prover(base, head, siblings, options, "base"),
            Prover(base, head, siblings, options, "head"),
        )
        self._answers: dict[_Key, tuple[Answer, Answer]] = {}
        self._judged: dict[int, _Judged] = {}

    def compare(self, base: Node, head: Node, direction: Direction = "response") -> Sequence[SchemaChange]:
        """Every difference, with the place attributes `reading`, `who` and `mode` (see rules/json-schema.yml)."""
        if self._sameness.same(base, head):
            return ()
        pair = self._remember(self._base.conjunction([base]), self._head.conjunction([head]))
        if pair is None:
            return ()
        found = []
        for felt in self._places.below(pair):
            judged = self._judged[id(felt.change)]
            effects: Effects = tuple(
                "fine" if proven else effect for proven, effect in zip(felt.hidden, judged.effects, strict=True)
            )  # type: ignore[assignment]
            place = {"direction": direction, **reading(effects, self._settings.mode, judged.example)}
            place |= {name: felt.change.attributes[name] for name in _OWN_WORDS if name in felt.change.attributes}
            found.append(replace(felt.change, path=ROOT + felt.path, place_attributes=place))
        return found

    def settled(self, base: Conjunction, head: Conjunction, local: Local[_Key]) -> Local[_Key]:
        answers = self._answer(base, head)
        changes = list(local.changes)
        for change in changes:
            effects: Effects = tuple(
                _effect(nature(change, self._settings), direction, answers[direction]) for direction in (0, 1)
            )  # type: ignore[assignment]
            self._judged[id(change)] = _Judged(effects, None)
        for direction in (0, 1):
            extra = self._unexplained(base, head, local, answers, direction)
            if extra is not None:
                changes.append(extra)
        proven = answers[0].verdict == "included", answers[1].verdict == "included"
        return Local(tuple(changes), tuple((step, key, proven) for step, key, _ in local.steps))

    def _unexplained(
        self, base: Conjunction, head: Conjunction, local: Local[_Key], answers: tuple[Answer, Answer], direction: int
    ) -> SchemaChange | None:
        """The fact that values were lost, where none of the differences that were seen says so."""
        answer = answers[direction]
        if answer.verdict != "broken":
            return None
        seen = [self._judged[id(change)].effects for change in local.changes]
        if any(effects[direction] == "breaks" for effects in seen):
            return None
        if any(self._answer(*self._pairs[key])[direction].verdict == "broken" for _, key, _ in local.steps):
            return None
        site = head[0] if head else base[0] if base else None
        if site is None:
            return None
        fact = "schema.values.refused" if direction == 0 else "schema.values.allowed"
        shown = _shown(answer.witness)
        change = SchemaChange(
            fact=fact,
            path=ROOT,
            site=site,
            side="head" if head else "base",
            before=shown if direction == 0 else None,
            after=shown if direction else None,
            identity=(_written(base), _written(head)),
            attributes={"example": shown},
            definition=definition_of(site),
        )
        self._judged[id(change)] = _Judged(("breaks", "fine") if direction == 0 else ("fine", "breaks"), shown)
        return change

    def _answer(self, base: Conjunction, head: Conjunction) -> tuple[Answer, Answer]:
        key = tuple((n.path, n.pointer) for n in base), tuple((n.path, n.pointer) for n in head)
        if key not in self._answers:
            old, new = self._schemas("base", base), self._schemas("head", head)
            backward, forward = self._provers[0].included(old, new), self._provers[1].included(new, old)
            if not by_the_letter(self._settings):
                backward, forward = self._not_vacuous(backward, old, 0), self._not_vacuous(forward, new, 1)
            self._answers[key] = backward, forward
        return self._answers[key]

    def _not_vacuous(self, answer: Answer, data: Sequence[Schema], direction: int) -> Answer:
        """A whole schema that allows nothing describes nothing: whatever is said about its data proves nothing."""
        whole = len(data) == 1 and data[0].pointer == ()
        if answer.verdict == "included" and whole and self._provers[direction].empty(data):
            return Answer("unknown")
        return answer

    def _schemas(self, side: SideName, nodes: Conjunction) -> list[Schema]:
        return [Schema(side, node.path, self._pointer(side, node), node.value) for node in nodes]

    def _pointer(self, side: SideName, node: Node) -> Pointer:
        """The node's own place; what stands beside a `$ref` is told apart from the whole that holds both."""
        whole: Any = self._roots[side].root(node.path).value
        for part in node.pointer:
            whole = whole[part]
        return node.pointer if whole is node.value else (*node.pointer, "beside $ref")


_REFERENCES_ALONE: Dialect = "openapi-3.0"
_OWN_WORDS = ("name", "required", "was_required")


def _effect(of: Nature, direction: int, answer: Answer) -> Effect:
    """The proof decides what is fine; what does harm is told by the nature of the change."""
    if of == "malformed":
        return "unclear"
    if answer.verdict == "included" or of == "same":
        return "fine"
    if of == "unclear":
        return "breaks" if answer.verdict == "broken" else "unclear"
    return "breaks" if of in ("apart", "narrower" if direction == 0 else "wider") else "fine"


def reading(effects: Effects, mode: str, example: str | None) -> dict[str, AttributeValue]:
    """The place attributes: what happens to readers that the mode protects, and whom, in a sentence."""
    protected = {"backward": (0,), "forward": (1,), "full": (0, 1)}.get(mode, ())
    worst = {effects[direction] for direction in protected}
    harmed = [direction for direction in protected if effects[direction] == "breaks"]
    if harmed:
        word = "broken"
    elif "unclear" in worst:
        word, harmed = "unclear", [direction for direction in protected if effects[direction] == "unclear"]
    elif "breaks" in effects:
        word, harmed = "unprotected", [direction for direction in (0, 1) if effects[direction] == "breaks"]
    else:
        word = "fine"
    return {"reading": word, "who": _who(harmed, word == "unclear", example), "mode": mode}


def _who(harmed: list[int], unclear: bool, example: str | None) -> str:
    """Whom it concerns; no full stop, so that a rule can go on."""
    may = "may be" if unclear else "can be"
    shown = f" (for example `{example}`)" if example else ""
    sentences = (
        f"old data{shown} {may} refused by the new schema",
        f"new data{shown} {may} refused by the old schema",
    )
    return "; ".join(sentences[direction] for direction in harmed)


def _shown(value: object) -> str:
    text = canonical(value) if value is not None else "null"
    return text if len(text) <= _LONGEST_EXAMPLE else text[: _LONGEST_EXAMPLE - 1] + "…"


def _written(nodes: Conjunction) -> str:
    return " & ".join(canonical(node.value) for node in nodes)
