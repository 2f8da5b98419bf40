"""One root cause, one change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bot.contracts.change import Place
from bot.contracts.document import Position
from bot.contracts.roots import Felt, Side, group
from bot.contracts.tree import Node, Pointer


class Lines:
    """Positions by the number in a pointer's first key; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Side, str, int]] = []

    def __call__(self, side: Side, path: str, pointers: Collection[Pointer]) -> Mapping[Pointer, Position]:
        self.asked.append((side, path, len(pointers)))
        return {pointer: Position(path, int(pointer[0])) for pointer in pointers if int(pointer[0]) > 0}


def felt(line: int, address: str, **more: Any) -> Felt:
    place = Place(address, {"direction": "response", **more.pop("place", {})})
    named = {"fact": "a.removed", "side": "base", **more}
    return Felt(place=place, site=Node("api.yml", (line,), None), **named)


def test_an_edit_felt_at_many_places_is_one_change_named_by_its_definition() -> None:
    definition = ("Order", "$.status")
    (change,) = group([felt(4, "b", definition=definition), felt(4, "a", definition=definition)], Lines())

    assert change.element == "Order:$.status"
    assert [place.address for place in change.places] == ["a", "b"]
    assert change.position == Position("api.yml", 4)
    assert change.side == "base"


def test_an_inline_edit_is_named_by_its_place() -> None:
    (change,) = group([felt(4, "GET /a 200:$.x")], Lines())

    assert change.element == "GET /a 200:$.x"


def test_different_values_facts_or_sites_are_different_changes() -> None:
    changes = group(
        [
            felt(9, "a", identity=("1", "2")),
            felt(9, "a", identity=("1", "3")),
            felt(9, "a", fact="b.added", side="head"),
            felt(2, "b"),
        ],
        Lines(),
    )

    assert [(change.fact, change.identity, change.element) for change in changes] == [
        ("a.removed", ("", ""), "b"),
        ("a.removed", ("1", "2"), "a"),
        ("a.removed", ("1", "3"), "a"),
        ("b.added", ("", ""), "a"),
    ]


def test_edits_that_nobody_could_tell_apart_are_one_change_at_the_first_line() -> None:
    (change,) = group([felt(7, "a"), felt(3, "a")], Lines())

    assert change.position == Position("api.yml", 3)
    assert len(change.places) == 1


def test_attributes_on_which_places_disagree_move_to_the_places() -> None:
    definition = ("Order", "$.status")
    (change,) = group(
        [
            felt(4, "a", definition=definition, attributes={"name": "status", "required": True}),
            felt(4, "b", definition=definition, attributes={"name": "status", "required": False}),
        ],
        Lines(),
    )

    assert change.attributes == {"name": "status"}
    assert [place.attributes["required"] for place in change.places] == [True, False]


def test_positions_are_asked_once_a_file_and_side() -> None:
    lines = Lines()
    group([felt(n, f"place{n}") for n in range(1, 9)] + [felt(3, "x", side="head")], lines)

    assert sorted(lines.asked) == [("base", "api.yml", 8), ("head", "api.yml", 1)]


def test_what_has_no_position_is_kept_and_comes_last() -> None:
    changes = group([felt(0, "nowhere"), felt(5, "somewhere")], Lines())

    assert [change.position for change in changes] == [Position("api.yml", 5), None]


def test_the_order_does_not_depend_on_the_order_of_discovery() -> None:
    found = [felt(n % 3 + 1, f"place{n}", identity=(str(n), "")) for n in range(12)]

    assert group(found, Lines()) == group(list(reversed(found)), Lines())
