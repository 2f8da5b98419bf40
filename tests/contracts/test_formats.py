"""The list of formats: recognising files, and what is said when there is nothing to compare."""

from __future__ import annotations

from datetime import date

import orjson
import pytest

from bot.contracts.change import Change
from bot.contracts.document import Document, Side
from bot.contracts.formats import FORMATS, Options, compare, recognise, referenced_files

TODAY = Options(today=date(2026, 11, 21))
MINIMAL = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n"


def side(text: str | bytes | None, path: str = "api.yaml") -> Side:
    if text is None:
        return Side(None)
    data = text.encode() if isinstance(text, str) else text
    return Side(path, {path: Document(path, f"sha-{data!r}", data)})


def only(base: Side, head: Side, format: str = "openapi") -> Change:
    (change,) = compare(format, base, head, options=TODAY).changes
    return change


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("api.yaml", MINIMAL),
        ("api.yml", "# Our API\n---\n\"openapi\": '3.1.0'\n"),
        ("api.json", '{"info": {}, "openapi": "3.0.0"}'),
        ("api.yaml", '{"openapi": "3.0.0"}'),
        ("api.json", '{\n  "openapi": "3.0.0",\n  "paths": {'),
        ("api.yaml", "swagger: '2.0'\n"),
        ("API.YAML", "\ufeffopenapi: 3.0.0\n"),
    ],
)
def test_an_openapi_document_is_recognised_by_what_it_says(path: str, text: str) -> None:
    assert recognise(path, text.encode()) == "openapi"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("api.yaml", "kind: ConfigMap\ndata:\n  openapi: 3.0.0\n"),
        ("package.json", '{"dependencies": {"openapi": "3.0.0"}}'),
        ("api.yaml", "type: object\n"),
        ("notes.md", MINIMAL),
        ("api.yaml", ""),
        ("api.json", "\x00\xff"),
        ("list.json", '["openapi", 3]'),
    ],
)
def test_other_files_are_not(path: str, text: str) -> None:
    assert recognise(path, text.encode()) is None


def test_utf_16_documents_are_recognised() -> None:
    assert recognise("api.yaml", MINIMAL.encode("utf-16")) == "openapi"


def test_a_contract_that_comes_or_goes_is_one_fact() -> None:
    came, went = only(side(None), side(MINIMAL)), only(side(MINIMAL), side(None))

    assert (came.fact, came.side, came.element) == ("contract.added", "head", "**")
    assert (went.fact, went.side, went.element) == ("contract.removed", "base", "**")
    assert came.position is not None
    assert went.position is not None
    assert compare("openapi", side(None), side(None), options=TODAY).changes == ()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("openapi: 3.0.3\npaths: {\n", 3, "not valid YAML"),
        ("openapi: 3.0.3\npaths: {}\npaths: {}\n", 3, "written twice"),
        ("swagger: '1.2'\n", 1, "Swagger version `1.2` is not supported"),
        ("openapi: 4.0.0\n", 1, "`4.0.0` is not supported"),
        ("info: {}\n", 1, "no `openapi:` version"),
        ("- openapi\n", 1, "not a mapping"),
        ("", 1, "empty"),
    ],
)
def test_what_cannot_be_read_is_one_unclassified_fact_with_its_line(text: str, line: int, words: str) -> None:
    for base, head, name in ((side(MINIMAL), side(text), "head"), (side(text), side(MINIMAL), "base")):
        change = only(base, head)

        assert change.fact == "contract.unreadable"
        assert words in str(change.attributes["reason"])
        assert change.position is not None
        assert (change.position.line, change.side) == (line, name)


def test_an_entrypoint_that_could_not_be_had_is_unreadable() -> None:
    change = only(side(MINIMAL), Side("api.yaml", {}, {"api.yaml": "is a symbolic link"}))

    assert "is a symbolic link" in str(change.attributes["reason"])


def test_a_signature_for_an_unreadable_file_is_for_these_bytes_alone() -> None:
    first, second = (only(side(MINIMAL), side(text)) for text in ("openapi: [", "openapi: {"))

    assert first.identity != second.identity


def test_a_format_that_is_not_supported_is_unreadable() -> None:
    assert "cannot be compared yet" in str(only(side("a"), side("b"), "cobol").attributes["reason"])


def test_identical_files_are_not_even_read() -> None:
    assert compare("openapi", side("broken: ["), side("broken: ["), options=TODAY).changes == ()


def test_a_change_in_a_referenced_file_is_found_there() -> None:
    main = orjson.dumps(
        {
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"responses": {"200": {"$ref": "parts.yaml#/ok"}}}}},
        }
    )
    before = "ok:\n  description: OK\n  headers: {ETag: {required: true, schema: {type: string}}}\n"
    after = "ok:\n  description: OK\n"
    sides = [
        Side(
            "m.json", {"m.json": Document("m.json", "", main), "parts.yaml": Document("parts.yaml", "", text.encode())}
        )
        for text in (before, after)
    ]

    change = only(sides[0], sides[1])

    assert (change.fact, change.places[0].address) == ("response.header.removed", "GET /a 200.header:ETag")
    assert change.position is not None
    assert (change.position.path, change.position.line) == ("parts.yaml", 3)
    assert referenced_files("openapi", sides[0].documents["m.json"]) == {"parts.yaml"}


def test_every_format_can_be_loaded() -> None:
    for entry in FORMATS.values():
        loaded = entry.load()
        assert not loaded.recognise("a.txt", b"")
