"""HTTP interactions, as uses of an OpenAPI or Swagger contract.

A request shows what its consumer sends. A response shows what it reads: providers may send more, so nothing but the
names listed is in use (README of pact-specification, "Pact Specification Philosophy").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from bot.contracts.tree import Pointer
from bot.registry.importers.operations import Operation, Operations
from bot.registry.importers.pact.collected import Collected
from bot.registry.importers.pact.contents import contents, header_values, names
from bot.registry.importers.pact.file import Interaction, Part, part, rules_of, text
from bot.registry.importers.pact.matching import Rules

_CLASSES: Mapping[str, tuple[str, ...]] = {
    "info": ("1XX",),
    "success": ("2XX",),
    "redirect": ("3XX",),
    "clientError": ("4XX",),
    "serverError": ("5XX",),
    "nonError": ("1XX", "2XX", "3XX"),
    "error": ("4XX", "5XX"),
}
"""What a `statusCode` matcher's words allow (pact-specification, version-4)."""


def collect(interaction: Interaction, operations: Operations, out: Collected) -> None:
    """What one interaction uses. One without method and path is a problem."""
    request = part(interaction, "request")
    path = request.value.get("path") if request is not None else None
    if request is None or not isinstance(path, str):
        out.problem("An interaction has no request with a `path`, so it was passed over.", interaction.at)
        return
    method = request.value.get("method")
    method = method.upper() if isinstance(method, str) and method.isalpha() else "GET"
    operation = operations.find(method, path)
    if operation is None:
        operation = Operation.unknown(method, path)
        if operations.scopes:
            reason = f"`{text(operation.scope)}` is no operation of the contract, so it stays as it was sent."
            out.problem(reason, interaction.written((*request.at, "path")))
    _Walk(interaction, operation, out).walk(request)


class _Walk:
    """One interaction, with the operation that it is about."""

    def __init__(self, interaction: Interaction, operation: Operation, out: Collected) -> None:
        self._interaction = interaction
        self._operation = operation
        self._out = out

    def walk(self, request: Part) -> None:
        self._request(request)
        response = part(self._interaction, "response")
        status = _status(response)
        if response is None or status is None:
            self._use(self._operation.scope, request.at)
        else:
            self._response(response, status)
        self._hints(status, response)

    def _request(self, request: Part) -> None:
        rules = rules_of(self._interaction, request)
        for element in self._operation.path_parameters():
            self._use(element, (*request.at, "path"))
        for name, at in _query(request):
            plain = name.removesuffix("[]")
            exact = all(rules.exact("query", (one,)) and rules.exact("query", (one, 0)) for one in {name, plain})
            self._use(self._operation.query(name), at, exact=exact)
        headers = header_values(request.value.get("headers"))
        for name in headers:
            at = (*request.at, "headers", name)
            if name.lower() == "cookie":
                for cookie in _cookies(headers[name]):
                    self._use(self._operation.cookie(cookie), at)
            else:
                self._use(self._operation.header(name), at, exact=_exact_header(rules, name))
        body = contents(self._interaction, request, "body", headers)
        if body is not None and body.opaque:
            self._use(self._operation.request(), body.at)
        elif body is not None:
            for one in names(body, self._interaction, rules):
                self._placed(self._operation.request(one.path), one.pointer, exact=one.exact)

    def _response(self, response: Part, status: int) -> None:
        rules = rules_of(self._interaction, response)
        headers = header_values(response.value.get("headers"))
        body = contents(self._interaction, response, "body", headers)
        for written in _statuses(status, rules.statuses, self._operation):
            some = False
            for name in headers:
                element = self._operation.response_header(written, name)
                some = some or element is not None
                self._use(element, (*response.at, "headers", name), exact=_exact_header(rules, name))
            if body is not None and not body.opaque:
                some = True
                for one in names(body, self._interaction, rules):
                    self._placed(self._operation.response(written, one.path), one.pointer, exact=one.exact)
            elif body is not None or not some:
                # Nothing is said of what is read in it, so it may be anything.
                self._use(self._operation.response(written), (*response.at, "status"))

    def _hints(self, status: int | None, response: Part | None) -> None:
        failure = status is not None and status >= 400
        for state in self._interaction.states:
            pointer = self._interaction.written(state.pointer)
            self._out.hint("failure" if failure else "meaning", self._operation.scope, state.name, pointer)
        if failure and response is not None and status is not None:
            when = self._interaction.description
            pointer = self._interaction.written((*response.at, "status"))
            statement = f"answers {status}: {when}" if when else f"answers {status}"
            self._out.hint("failure", self._operation.response(status), statement, pointer)

    def _use(self, element: str | None, at: Pointer, *, exact: bool = False) -> None:
        self._placed(element, self._interaction.written(at), exact=exact)

    def _placed(self, element: str | None, pointer: Pointer, *, exact: bool) -> None:
        self._out.use(element, pointer, pending=self._interaction.pending, exact=exact)


def _status(response: Part | None) -> int | None:
    """200 where the response does not say (pact_models, `Response`); None for what is no status."""
    if response is None:
        return None
    said = response.value.get("status", 200)
    if isinstance(said, str) and said.isascii() and said.isdigit() and len(said) == 3:
        said = int(said)
    return said if isinstance(said, int) and not isinstance(said, bool) and 100 <= said <= 599 else None


def _statuses(example: int, allowed: tuple[str | int, ...], operation: Operation) -> tuple[str | int, ...]:
    """The statuses that the interaction is about: the example's, or those of a matcher that the contract knows."""
    ranges: list[str | int] = []
    for one in allowed:
        ranges += _CLASSES.get(one, ()) if isinstance(one, str) else (one,)
    if not ranges:
        return (example,)
    known = tuple(one for one in ranges if operation.knows(one))
    own = tuple(one for one in ranges if str(one)[:1] == str(example)[:1])
    return known or own or (example,)


def _query(request: Part) -> Iterator[tuple[str, Pointer]]:
    """Names in the query, with the pointer of each: a text up to version 2, a mapping since 3."""
    query, at = request.value.get("query"), (*request.at, "query")
    if isinstance(query, str):
        for name, _ in parse_qsl(query.removeprefix("?"), keep_blank_values=True):
            if name:
                yield name, at
    elif isinstance(query, dict):
        yield from ((str(name), (*at, name)) for name in query if name)


def _cookies(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else (value,):
        for pair in one.split(";") if isinstance(one, str) else ():
            name = pair.partition("=")[0].strip()
            if name:
                yield name


def _exact_header(rules: Rules, name: str) -> bool:
    return rules.exact("header", (name.lower(),)) and rules.exact("header", (name.lower(), 0))
