"""Whatever a schema holds, the answer is a comparison, in bounded time."""

from __future__ import annotations

import pytest

from tests.contracts.graphql.build import changes, reason

GOOD = "type Query { a: Int }"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'type Query { "unterminated }', "Unterminated string"),
        (b'"""' + b"never closed " * 1000, "Unterminated string"),
        (b"type Query { a: " + b"[" * 20_000 + b"Int" + b"]" * 20_000 + b" }", "nests deeper"),
        (b"type Query { a(b: I = " + b"{a:" * 20_000 + b"1" + b"}" * 20_000 + b"): Int }", "nests deeper"),
        (b"type Query " + b"{" * 20_000, "nests deeper"),
        (b"type Query { a: \xff\xfe }", "not valid UTF-8"),
        (b"type Query { a: Int \x00 }", "NUL"),
        (b"type Query { a: Int", "Expected"),
        (b"tpye Query { a: Int }", "Unexpected Name 'tpye'"),
        (b"type Query { a: Int } }", "Unexpected"),
        (b"scalar " * 3, "Expected Name"),
        (b'"description"', "Unexpected"),
        (b"", "empty"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(data: bytes, said: str) -> None:
    message, _, line = reason(GOOD, data)

    assert said in message
    assert line == 1


def test_a_million_enum_values_are_refused_with_the_reason() -> None:
    values = b" ".join(b"V%d" % number for number in range(1_000_000))

    assert "has more than" in reason("enum E { A }", b"enum E { " + values + b" }")[0]


def test_comments_do_not_get_around_the_limit() -> None:
    assert "has more than" in reason("enum E { A }", b"enum E { A " + b"#\n" * 400_000 + b" B }")[0]


def test_unterminated_strings_by_the_thousand_are_given_up_at_the_first() -> None:
    assert reason(GOOD, b"type Query { " + b'"""" ' * 100_000)[2] == 1


def test_types_in_a_circle_are_compared() -> None:
    circle = "type A { b: B } type B { a: A } interface I implements I { a: Int } union U = U"

    assert len(changes(circle, circle.replace("b: B", "b: B!"))) == 1
    assert changes(circle, "directive @d(a: Int @d) on ARGUMENT_DEFINITION " + circle)
