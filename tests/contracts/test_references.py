"""References on one side of a contract."""

from __future__ import annotations

import pytest

from bot.contracts.document import Document, Side
from bot.contracts.references import FileResolver, referenced_files
from bot.contracts.tree import Node, UnresolvedReference


def side(**files: str) -> Side:
    """Files by name: `api__main` is api/main.yaml."""
    documents = {}
    for name, text in files.items():
        path = name.replace("__", "/") + ".yaml"
        documents[path] = Document(path, "", text.encode())
    return Side("main.yaml", documents)


def follow(resolver: FileResolver, reference: str, path: str = "main.yaml") -> Node:
    return resolver.resolve(Node(path, ("here",), {"$ref": reference}))


def unresolved(one: Side, reference: str, path: str = "main.yaml") -> str:
    with pytest.raises(UnresolvedReference) as caught:
        follow(FileResolver(one), reference, path)
    return str(caught.value)


def test_a_value_without_reference_stands_for_itself() -> None:
    node = Node("main.yaml", (), {"type": "string"})

    assert FileResolver(side(main="a: 1")).resolve(node) is node


def test_pointers_undo_both_escapings() -> None:
    resolver = FileResolver(side(main="paths: {/a/~b: {'x y': 1}}"))

    assert follow(resolver, "#/paths/~1a~1~0b/x%20y").value == 1


def test_chains_end_at_the_value_and_tell_where_it_stands() -> None:
    main, other = "a: {$ref: '#/b'}\nb: {$ref: sub/other.yaml#/c}", "c: {$ref: '#/d'}\nd: 1"
    resolver = FileResolver(side(main=main, sub__other=other))

    found = follow(resolver, "#/a")

    assert (found.path, found.pointer, found.value) == ("sub/other.yaml", ("d",), 1)


def test_a_pointer_goes_through_references_on_its_way() -> None:
    resolver = FileResolver(side(main="a: {$ref: '#/b'}\nb: {c: [x, y]}"))

    assert follow(resolver, "#/a/c/1").value == "y"


def test_whole_files_and_paths_upwards() -> None:
    resolver = FileResolver(side(api__main="a: 1", common__order="type: object"))

    assert follow(resolver, "../common/order.yaml", "api/main.yaml").value == {"type": "object"}


def test_anchors_and_ids_of_json_schema() -> None:
    text = "defs:\n  order: {$id: 'https://acme.test/order', $anchor: o, properties: {id: {type: string}}}\n"
    resolver = FileResolver(side(main=text))

    assert follow(resolver, "#o").pointer == ("defs", "order")
    assert follow(resolver, "https://acme.test/order#/properties/id").value == {"type": "string"}


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("#/nothing", "leads to nothing"),
        ("#/list/7", "leads to nothing"),
        ("#nobody", "names an anchor"),
        ("other.yaml", "not in the repository"),
        ("broken.yaml", "not valid YAML"),
        ("../../etc/passwd", "leads out of the repository"),
        ("/etc/passwd", "is an absolute path"),
        ("https://acme.test/a.yaml", "Nothing is fetched"),
        ("file:///etc/passwd", "Nothing is fetched"),
        ("//acme.test/a.yaml", "Nothing is fetched"),
        ("%2e%2e/%2e%2e/x.yaml", "leads out of the repository"),
        ("#/circle", "leads back to itself"),
    ],
)
def test_a_reference_to_nowhere_says_why(reference: str, why: str) -> None:
    main = "list: [1]\ncircle: {$ref: '#/turn'}\nturn: {$ref: '#/circle'}\n"
    files = side(main=main, broken="a: [")

    message = unresolved(files, reference)

    assert why in message
    assert f"`$ref: {reference}`" in message


@pytest.mark.parametrize("text", ["a: {$ref: '#/a/b'}", "a: {$ref: '#/c/d'}\nc: {$ref: '#/a/e'}"])
def test_a_reference_into_itself_ends(text: str) -> None:
    assert "$ref" in unresolved(side(main=text), "#/a/x")


def test_a_file_that_could_not_be_had_says_so() -> None:
    one = Side("main.yaml", {}, {"link.yaml": "is a symbolic link"})

    assert "is a symbolic link" in unresolved(one, "link.yaml")


def test_the_files_that_a_document_refers_to() -> None:
    text = """
    a: {$ref: 'x/y.yaml#/b'}
    b: [{$ref: "#/local"}, {$ref: ../up.json}]
    c: {$ref: 'https://acme.test/no.yaml'}
    d: {$ref: ../../../out.yaml}
    e: {discriminator: {propertyName: k, mapping: {one: ./one.yaml, two: Two, three: '#/three'}}}
    f: {$ref: main.yaml}
    """

    found = referenced_files(Document("api/main.yaml", "", text.encode()))

    assert found == {"api/x/y.yaml", "up.json", "api/one.yaml"}


def test_a_document_with_local_references_alone_is_not_read_for_it() -> None:
    assert referenced_files(Document("a.yaml", "", b"a: {$ref: '#/b'}\nb: [broken")) == frozenset()


def test_a_document_that_cannot_be_read_refers_to_nothing() -> None:
    assert referenced_files(Document("a.yaml", "", b"a: {$ref: x.yaml")) == frozenset()
