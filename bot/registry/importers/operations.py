"""The operations of an OpenAPI or Swagger contract, as evidence meets them: from a request's method and path to the
operation's template, and from names in requests and responses to element addresses.

Recorded paths are concrete (`/v1/orders/17`), addresses speak of templates (`GET /orders/{id}`). A path may begin with
that of a server (`servers[].url`, Swagger's `basePath`), or leave it out, as recordings behind a proxy do. Concrete
templates are tried before templated ones (OpenAPI 3.1.1 section 4.8.8.2, Path Templating Matching).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from bot.contracts.document import Side
from bot.contracts.openapi.operations import METHODS
from bot.contracts.openapi.spot import quoted
from bot.contracts.openapi.swagger import OpenApiResolver
from bot.contracts.reading import Unreadable
from bot.contracts.tree import Node, UnresolvedReference
from bot.registry.importers.names import deep_name

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_HOST = re.compile(r"(?:[^/]*:)?//[^/]*")
_MARKS = re.compile(r"[\s{}*$'%]")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_IGNORED = {"header": frozenset({"accept", "content-type", "authorization"}), "response": frozenset({"content-type"})}
"""Headers whose definitions OpenAPI ignores, because media types and security say it (3.1.1, Parameter Object)."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as recordings use it. All that it answers are element addresses.

    scope: `GET /orders/{id}`. parameters: names as the contract spells them, by location and name (a header's in lower
    case). deep: query parameters that are objects in `deepObject` style. statuses: those that the contract writes
    (`200`, `2XX`, `default`).
    """

    scope: str
    parameters: Mapping[tuple[str, str], str] = field(default_factory=dict)
    deep: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()

    @classmethod
    def unknown(cls, method: str, path: str) -> Operation:
        """A request that no contract describes: its path stays as it was sent."""
        plain = _MARKS.sub(_escaped, path if path.startswith("/") else f"/{path}")
        return cls(f"{method.upper()} {plain}")

    def path_parameters(self) -> tuple[str, ...]:
        """Whoever calls the operation sends them all."""
        return tuple(f"{self.scope} path:{quoted(name)}" for name in _PARAMETER.findall(self.scope))

    def query(self, name: str) -> str:
        """`filter[status]` is a property of `filter` where the contract says so (style `deepObject`), and `id[]` or
        `id[0]` is how some write `id` when there are several.
        """
        first, below = deep_name(name)
        known = next((one for one in (name, name.removesuffix("[]"), first) if ("query", one) in self.parameters), name)
        if first in self.deep and known == first and below not in ("$", "$[*]"):
            return f"{self.scope} query:{quoted(first)}:{below}"
        return f"{self.scope} query:{quoted(known)}"

    def header(self, name: str) -> str | None:
        """A header of the request; None for those that a contract does not describe as headers."""
        if name.lower() in _IGNORED["header"]:
            return None
        return f"{self.scope} header:{quoted(self.parameters.get(('header', name.lower()), name))}"

    def cookie(self, name: str) -> str:
        return f"{self.scope} cookie:{quoted(name)}"

    def request(self, path: str = "") -> str:
        """The request's body, or what lies at `path` (`$.items[*].sku`) in it."""
        return f"{self.scope} request" + (f":{path}" if path else "")

    def response(self, status: str | int, path: str = "") -> str:
        """A response, or what lies at `path` in its body. status: a code (`200`), or a range (`2XX`)."""
        return f"{self.scope} {self._written(status)}" + (f":{path}" if path else "")

    def response_header(self, status: str | int, name: str) -> str | None:
        """A header of a response; None for those that a contract does not describe as headers."""
        if name.lower() in _IGNORED["response"]:
            return None
        status = self._written(status)
        return f"{self.scope} {status}.header:{quoted(self.parameters.get((status, name.lower()), name))}"

    def knows(self, status: str | int) -> bool:
        """Whether the contract describes this status, or one in this range, by more than `default`."""
        return self._near(str(status).upper()) is not None

    def _written(self, status: str | int) -> str:
        """A status as the contract writes it: itself, its range, or `default`."""
        plain = str(status).upper()
        found = self._near(plain)
        return found or ("default" if "default" in self.statuses else plain)

    def _near(self, status: str) -> str | None:
        family = f"{status[:1]}XX"
        if status in self.statuses:
            return status
        if family in self.statuses:
            return family
        some = status == family and any(one[:1] == status[:1] for one in self.statuses)
        return status if some else None


class Operations:
    """All operations of a contract. problem: why they are not (all) known, a sentence for a reader, or empty."""

    def __init__(self, found: Sequence[_Found], problem: str = "") -> None:
        self.problem = problem
        self.scopes = tuple(dict.fromkeys(one.operation.scope for one in found))
        """Of every operation: `GET /orders/{id}`."""
        by_prefix: dict[tuple[_Segment, ...], list[_Found]] = {}
        for one in found:
            for prefix in one.prefixes:
                by_prefix.setdefault(prefix, []).append(one)
        longest_first = sorted(by_prefix, key=len, reverse=True)
        self._served = [(prefix, _Routes(by_prefix[prefix])) for prefix in longest_first]
        self._bare = _Routes(found)
        self._known: dict[tuple[str, str], Operation | None] = {}

    @classmethod
    def of(cls, side: Side | None) -> Operations:
        """Reads the contract. Never raises because of what is in it: `problem` says what could not be read."""
        if side is None or side.entrypoint is None:
            return cls((), "The contract is not at hand, so paths stay as they were sent.")
        resolver = OpenApiResolver(side)
        found: list[_Found] = []
        problems = []
        for path in sorted(side.entrypoints) or [side.entrypoint]:
            try:
                found += _Reader(resolver, resolver.root(path)).read()
            except Unreadable as error:
                where = f"{path}:{error.line}" if error.line else path
                problems.append(f"{where}: The contract can't be read, so paths stay as they were sent. {error}")
            except RecursionError:
                problems.append(f"{path}: The contract nests too deeply to be read, so paths stay as they were sent.")
        return cls(found, " ".join(problems))

    def find(self, method: str, path: str) -> Operation | None:
        """The operation that a request is for. path: as it was sent, without host; a query behind it is not looked at.

        A server's path is taken off first; then paths are tried as they are. A slash at the end does not count where
        nothing else fits.
        """
        key = method.upper(), path
        if key not in self._known:
            self._known[key] = self._find(*key)
        return self._known[key]

    def _find(self, method: str, path: str) -> Operation | None:
        segments = _sent(path)
        without_slash = segments[:-1] if segments[-1] == "" else (*segments, "")
        for sent in (segments, without_slash):
            for prefix, routes in self._served:
                if len(prefix) < len(sent) and all(map(_Segment.fits, prefix, sent)):
                    found = routes.find(method, sent[len(prefix) :])
                    if found is not None:
                        return found
            if (found := self._bare.find(method, sent)) is not None:
                return found
        return None


@dataclass(frozen=True, slots=True)
class _Segment:
    """A segment of a template. pieces: the texts around its parameters, so one piece is a segment without any."""

    pieces: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> _Segment:
        return cls(tuple(unquote(piece) for piece in _PARAMETER.sub("\0", text).split("\0")))

    @property
    def templated(self) -> bool:
        return len(self.pieces) > 1

    def fits(self, sent: str) -> bool:
        """Each parameter stands for one character at least. Never goes back, so no template makes this slow."""
        first, *others = self.pieces
        if not others:
            return sent == first
        if not sent.startswith(first):
            return False
        *between, last = others
        at = len(first)
        for piece in between:
            at = sent.find(piece, at + 1)
            if at < 0:
                return False
            at += len(piece)
        return len(sent) - len(last) > at and sent.endswith(last)


@dataclass(frozen=True, slots=True)
class _Found:
    operation: Operation
    method: str
    template: tuple[_Segment, ...]
    prefixes: tuple[tuple[_Segment, ...], ...]


class _Routes:
    """Templates by method and length; of those that fit, the one that is concrete furthest to the left."""

    def __init__(self, found: Sequence[_Found]) -> None:
        self._concrete: dict[tuple[str, tuple[str, ...]], Operation] = {}
        self._templated: dict[tuple[str, int], list[_Found]] = {}
        for one in found:
            if any(segment.templated for segment in one.template):
                self._templated.setdefault((one.method, len(one.template)), []).append(one)
            else:
                plain = tuple(segment.pieces[0] for segment in one.template)
                self._concrete.setdefault((one.method, plain), one.operation)
        for some in self._templated.values():
            some.sort(key=lambda one: [(segment.templated, len(segment.pieces)) for segment in one.template])

    def find(self, method: str, sent: tuple[str, ...]) -> Operation | None:
        if (method, sent) in self._concrete:
            return self._concrete[method, sent]
        for one in self._templated.get((method, len(sent)), ()):
            if all(map(_Segment.fits, one.template, sent)):
                return one.operation
        return None


class _Reader:
    """Reads one document. What is not as OpenAPI wants it is passed over: the comparison complains about it."""

    def __init__(self, resolver: OpenApiResolver, root: Node) -> None:
        self._resolver = resolver
        self._root = root

    def read(self) -> Iterator[_Found]:
        if not isinstance(self._root.value, dict):
            raise Unreadable("It is not an OpenAPI description: its top level is not a mapping.", 1)
        root_prefixes = _prefixes(self._root) or ((),)
        for template, item in self._members(self._root, "paths").items():
            if not template.startswith("/"):
                continue
            item_prefixes = _prefixes(item) or root_prefixes
            for method, operation in self._operations(item):
                yield _Found(
                    self._operation(f"{method} {template}", item, operation),
                    method.upper(),
                    tuple(_Segment.of(segment) for segment in template[1:].split("/")),
                    _prefixes(operation) or item_prefixes,
                )

    def _operations(self, item: Node) -> Iterator[tuple[str, Node]]:
        for method in METHODS:
            if isinstance(item.value.get(method), dict):
                yield method.upper(), item.child(method)
        yield from self._members(item, "additionalOperations").items()

    def _operation(self, scope: str, item: Node, operation: Node) -> Operation:
        names: dict[tuple[str, str], str] = {}
        deep = set()
        for parameter in (*self._items(item, "parameters"), *self._items(operation, "parameters")):
            location, name = parameter.value.get("in"), parameter.value.get("name")
            if isinstance(location, str) and isinstance(name, str):
                names[location, name.lower() if location == "header" else name] = name
                if location == "query" and parameter.value.get("style") == "deepObject":
                    deep.add(name)
        responses = self._members(operation, "responses")
        written = {status if status == "default" else status.upper(): node for status, node in responses.items()}
        for status, response in written.items():
            names |= {(status, name.lower()): name for name in self._members(response, "headers")}
        return Operation(scope, names, frozenset(deep), frozenset(written))

    def _members(self, node: Node, key: str) -> dict[str, Node]:
        """The mappings in the mapping at `key`, references followed."""
        value = node.value.get(key)
        if not isinstance(value, dict):
            return {}
        named = ((str(name), self._followed(node.child(key, name))) for name in value)
        return {name: below for name, below in named if below is not None and not name.startswith("x-")}

    def _items(self, node: Node, key: str) -> list[Node]:
        value = node.value.get(key)
        if not isinstance(value, list):
            return []
        found = (self._followed(node.child(key, index)) for index in range(len(value)))
        return [below for below in found if below is not None]

    def _followed(self, node: Node) -> Node | None:
        try:
            node = self._resolver.resolve(node)
        except UnresolvedReference:
            return None
        return node if isinstance(node.value, dict) else None


def _prefixes(owner: Node) -> tuple[tuple[_Segment, ...], ...]:
    """The paths of an owner's servers, each variable as its default and as any one segment."""
    servers = owner.value.get("servers")
    found: dict[tuple[_Segment, ...], None] = {}
    for server in servers if isinstance(servers, list) else ():
        url = server.get("url") if isinstance(server, dict) else None
        if isinstance(url, str):
            variables = server.get("variables")
            for path in (_path_of(_with_defaults(url, variables)), _path_of(url)):
                segments = path.strip("/").split("/") if path.strip("/") else []
                found[tuple(_Segment.of(segment) for segment in segments)] = None
    return tuple(found)


def _with_defaults(url: str, variables: Any) -> str:
    def value(parameter: re.Match[str]) -> str:
        variable = variables.get(parameter[1]) if isinstance(variables, dict) else None
        default = variable.get("default") if isinstance(variable, dict) else None
        return parameter[0] if default is None else str(default)

    return _PARAMETER.sub(value, url)


def _path_of(url: str) -> str:
    """The path of a server's URL. One that begins with a variable has its host in it."""
    if host := _HOST.match(url):
        return url[host.end() :]
    return url.partition("/")[2] if url.startswith("{") else url.lstrip(".")


def _sent(path: str) -> tuple[str, ...]:
    """The segments of a path as they were meant: `%2F` is no slash between segments (RFC 3986 section 2.2)."""
    plain = path.partition("#")[0].partition("?")[0]
    return tuple(unquote(segment) for segment in plain.removeprefix("/").split("/"))


def _escaped(mark: re.Match[str]) -> str:
    """Characters that mean something in an address. What is escaped already stays so."""
    if mark[0] == "%" and _ESCAPE.match(mark.string, mark.start()):
        return "%"
    return "".join(f"%{byte:02X}" for byte in mark[0].encode())
