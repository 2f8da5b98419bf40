"""What two Avro documents differ in, where it is felt, and in which direction it breaks."""

from __future__ import annotations

from tests.contracts.avro.build import changes, compared, field, record, side, told


def test_a_difference_in_a_named_type_is_one_change_felt_at_every_path_to_it() -> None:
    def order(amount: str) -> dict[str, object]:
        money = record(field("amount", amount), name="shop.Money")
        items = {"type": "array", "items": "shop.Money"}
        by_tax = {"type": "map", "values": "shop.Money"}
        return record(field("total", money), field("items", items), field("by_tax", by_tax))

    (change,) = changes(order("long"), order("int"))

    assert change.element == "Money:$.amount"
    assert [place.address for place in change.places] == [
        "Order:$.by_tax.{*}.amount",
        "Order:$.items[*].amount",
        "Order:$.total.amount",
    ]
    written = side(order("int")).documents["order.avsc"].data.decode().splitlines()
    assert change.position is not None and written[change.position.line - 1].strip() == '"type": "int"'


def test_a_removed_field_stands_where_it_was_in_the_base() -> None:
    (change,) = changes(record(field("a", "int"), field("b", "int")), record(field("a", "int")))

    assert (change.fact, change.element, change.side) == ("avro.field.removed", "Order:$.b", "base")
    assert change.position is not None and change.position.line == 9


def test_the_mode_says_which_direction_has_to_work() -> None:
    old, new = record(), record(field("a", "int"))

    readings = {mode: told(old, new, mode)[0][2] for mode in ("backward", "forward", "full", "none")}
    assert readings == {"backward": "broken", "forward": "unprotected", "full": "broken", "none": "unprotected"}


def test_recursive_types_are_compared_once_and_felt_at_any_depth() -> None:
    def node(value: str) -> dict[str, object]:
        return record(field("value", value), field("next", ["null", "Node"]), name="Node")

    (change,) = changes(node("long"), node("int"))

    assert change.element == "Node:$.value"
    assert [place.address for place in change.places] == ["Node:$.**.value", "Node:$.value"]


def test_a_field_read_through_an_alias_is_renamed_not_lost() -> None:
    found = told(record(field("sum", "int")), record(field("total", "int", aliases=["sum"])))

    assert ("field.renamed", "Order:$.total", "unprotected") in found
    assert {fact for fact, *_ in found} == {"field.renamed", "field.alias.added"}
    assert not any(reading == "broken" for *_, reading in found)


def test_a_branch_that_another_branch_reads_breaks_nothing() -> None:
    found = told(record(field("f", ["int", "string"])), record(field("f", ["long", "string"])), "backward")

    assert ("union.branch.removed", "Order:$.f", "fine") in found


def test_types_are_told_apart_by_their_full_name_only_where_that_is_needed() -> None:
    def order(amount: str) -> dict[str, object]:
        first = record(field("amount", amount), name="a.Money")
        second = record(field("amount", "int"), name="b.Money")
        return record(field("one", first), field("two", second))

    (change,) = changes(order("long"), order("int"))
    assert change.element == "a.Money:$.amount"


def test_a_namespace_is_inherited_by_the_types_inside() -> None:
    inside = record(field("amount", "long"), name="Money")
    spelled = record(field("amount", "long"), name="shop.Money")

    assert told(record(field("m", inside), namespace="shop"), record(field("m", spelled), namespace="shop")) == []


def test_timestamps_in_another_unit_break_both_directions() -> None:
    old, new = ({"type": "long", "logicalType": f"timestamp-{unit}"} for unit in ("millis", "micros"))

    for mode in ("backward", "forward"):
        assert told(record(field("at", old)), record(field("at", new)), mode) == [
            ("logical.changed", "Order:$.at", "broken")
        ]


def test_a_decimal_in_a_union_is_compared_too() -> None:
    old, new = ({"type": "bytes", "logicalType": "decimal", "precision": p, "scale": 2} for p in (9, 18))

    (change,) = changes(record(field("f", ["null", old])), record(field("f", ["null", new])))
    assert (change.fact, change.attributes["aspect"]) == ("avro.logical.changed", "precision")


def test_a_client_of_a_protocol_keeps_working_is_what_backward_means_there() -> None:
    def protocol(request: list[dict[str, object]], response: object) -> dict[str, object]:
        return {"protocol": "Shop", "messages": {"find": {"request": request, "response": response}}}

    old = protocol([field("id", "long")], ["null", "string"])
    wider_answer = protocol([field("id", "long")], ["null", "string", "int"])
    new_parameter = protocol([field("id", "long"), field("tenant", "string")], ["null", "string"])

    assert told(old, wider_answer, path="shop.avpr") == [("union.branch.added", "Shop.find response:$", "broken")]
    narrower = told(wider_answer, old, path="shop.avpr")
    assert narrower == [("union.branch.removed", "Shop.find response:$", "unprotected")]
    assert told(old, new_parameter, path="shop.avpr") == [
        ("field.required.added", "Shop.find request:$.tenant", "broken")
    ]


def test_a_type_of_a_protocol_that_no_message_uses_is_compared() -> None:
    def protocol(*types: object) -> dict[str, object]:
        return {"protocol": "Shop", "types": list(types)}

    old, new = protocol(record(field("a", "int"))), protocol(record(field("a", "string")))
    assert told(old, new, path="shop.avpr") == [("type.changed", "Order:$.a", "broken")]
    assert told(old, protocol(), path="shop.avpr")[0][0] == "type.removed"


def test_a_type_of_another_file_is_compared_by_its_name_and_that_is_said() -> None:
    old, new = record(field("m", "shop.Money")), record(field("m", "shop.Money"), field("n", "int", default=0))

    comparison = compared(old, new)
    assert [change.fact for change in comparison.changes] == ["avro.field.added"]
    assert "not defined in this file" in comparison.faults[0].message
    assert comparison.not_checked
    assert told(record(field("m", "long")), old)[0][0] == "type.unresolved"


def test_a_union_of_records_at_the_root_has_a_scope_for_each() -> None:
    def union(type: str) -> list[object]:
        return [record(field("a", type), name="Created"), record(field("a", "int"), name="Closed")]

    assert told(union("long"), union("int")) == [("type.changed", "Created:$.a", "broken")]


def test_many_symbols_are_one_difference() -> None:
    def status(count: int) -> dict[str, object]:
        return {"type": "enum", "name": "Status", "symbols": [f"S{number}" for number in range(count)]}

    (change,) = changes(status(1), status(1000))
    assert change.after == "S1 and 998 more"
    assert changes(status(1), status(999))[0].identity != change.identity
