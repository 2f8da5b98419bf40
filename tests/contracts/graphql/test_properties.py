"""Properties of splitting and comparing, over generated schemas."""

from __future__ import annotations

import random

from graphql import parse, print_ast
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.contracts.graphql.splitting import Unsure, split
from tests.contracts.graphql.build import changes, facts

KEYWORDS = (
    "type",
    "input",
    "enum",
    "union",
    "schema",
    "directive",
    "extend",
    "interface",
    "scalar",
    "implements",
    "on",
)
names = st.sampled_from(("a", "B", "C", *KEYWORDS))
types = st.sampled_from(("Int", "Int!", "[String]", "[B!]!", "type"))
descriptions = st.sampled_from(("", '"d" ', '"""\n d {"x"} # no comment \\""" \n""" ', '"" '))
directives = st.sampled_from(("", " @d", ' @d(a: "}", b: {c: [1]})', " @type"))
arguments = st.sampled_from(("", "(a: Int)", "(type: B = {a: 1}, b: Int! = 3)"))


@st.composite
def definitions(draw: st.DrawFn) -> str:
    keyword = draw(st.sampled_from(["type", "interface", "input", "enum", "union", "scalar", "directive"]))
    head = f"{draw(descriptions)}{keyword} "
    if keyword == "directive":
        return f"{head}@{draw(names)}{draw(arguments)} on FIELD | OBJECT"
    head += draw(names)
    if keyword == "scalar":
        return head + draw(directives)
    if keyword == "union":
        return f"{head}{draw(directives)} = {' | '.join(draw(st.lists(names, min_size=1, max_size=3, unique=True)))}"
    if keyword in ("type", "interface") and draw(st.booleans()):
        head += f" implements {' & '.join(draw(st.lists(names, min_size=1, max_size=2, unique=True)))}"
    fields = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    if keyword == "enum":
        return f"{head} {{ {' '.join(fields)} }}"
    with_arguments = keyword != "input"
    body = "\n".join(
        f"{draw(descriptions)}{name}{draw(arguments) if with_arguments else ''}: {draw(types)}{draw(directives)}"
        for name in fields
    )
    return f"{head}{draw(directives)} {{ {body} }}"


schemas = st.lists(definitions(), min_size=1, max_size=5).map("\n\n".join)


@given(schemas)
@settings(deadline=None)
def test_the_splitter_ends_definitions_where_the_parser_does(text: str) -> None:
    pieces = split("a.graphql", text)
    parsed = parse(text).definitions

    spans = [(piece.start, piece.start + len(piece.text)) for piece in pieces]
    assert spans == [(node.loc.start, node.loc.end) for node in parsed if node.loc]


@given(schemas, st.randoms())
@settings(deadline=None)
def test_formatting_order_and_files_change_nothing(text: str, chance: random.Random) -> None:
    unique = {(piece.key): piece.text for piece in split("a.graphql", text)}
    shuffled = list(unique.values())
    chance.shuffle(shuffled)
    printed = [print_ast(parse(one)) for one in shuffled]

    half = len(printed) // 2
    files = {
        "a.graphql": "\n".join(printed[:half]) or "# nothing",
        "b.graphql": "# moved\n" + "\n".join(printed[half:]),
    }
    if half:
        assert facts("\n".join(unique.values()), files) == []


@given(schemas, schemas)
@settings(deadline=None)
def test_swapping_the_sides_swaps_added_and_removed(base: str, head: str) -> None:
    there = sorted(c.element for c in changes(base, head) if c.fact.endswith("type.added"))
    back = sorted(c.element for c in changes(head, base) if c.fact.endswith("type.removed"))

    assert there == back


@given(
    schemas, st.integers(0, 10_000), st.sampled_from(['"', '"""', "{", "}", "(", "#", "@", "type", "\\", "\x00", "é"])
)
@settings(deadline=None)
@example("type A { b: Int }", 0, "query Q { a } ")
def test_no_mutation_of_a_schema_makes_the_comparison_fail(text: str, at: int, what: str) -> None:
    place = at % (len(text) + 1)

    assert isinstance(changes(text, text[:place] + what + text[place:]), tuple)


@given(st.text(alphabet='type{}()[]"#@=|& \n\\aE:!', max_size=60))
@settings(deadline=None)
def test_the_splitter_understands_or_says_that_it_does_not(text: str) -> None:
    try:
        pieces = split("a.graphql", text)
    except Unsure as unsure:
        assert 0 <= unsure.offset <= len(text)
    else:
        assert all(text[piece.start :].startswith(piece.text) for piece in pieces)
