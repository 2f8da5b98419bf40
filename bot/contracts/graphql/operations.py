"""What consumers use of a schema: operations documents and persisted-query manifests as evidence.

Complete operations name everything they read and send, so what they don't name is not used. Only a variable of an input
type hides what it will carry: then the whole input type counts as used, and those nested in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import GraphQLSyntaxError, parse
from graphql.language import ast

from bot.contracts.document import Document, Side
from bot.contracts.formats import SideUnreadable
from bot.contracts.graphql.building import type_text
from bot.contracts.graphql.model import Definition, Member
from bot.contracts.graphql.reading import MOST_TOKENS, Sdl, roots
from bot.contracts.graphql.splitting import too_deep
from bot.contracts.reading import locate, read
from bot.contracts.text import Lines, decode, line_column
from bot.contracts.tree import Pointer
from bot.contracts.unreadable import DEFAULT_LIMITS, Unreadable
from bot.contracts.used import Used, Uses

_BODIES = ("body", "document", "query", "source", "text")
_BUILT_IN = frozenset({"Int", "Float", "String", "Boolean", "ID"})


def used_elements(schema: Side, documents: Mapping[str, Document]) -> Uses:
    """The schema coordinates that operations use, each where it is first used. Never raises for what stands in files.

    schema: the side that the operations were written against.
    documents: `.graphql` files, and `.json` manifests of persisted queries, by path.
    """
    problems: list[str] = []
    try:
        walk = _Walk(Sdl(schema, "base"))
        for path in sorted(documents):
            for text, where in _texts(documents[path], problems):
                _read(walk, text, where, problems)
        walk.run()
    except SideUnreadable as error:
        return Uses((), (f"`{error.path}`: {error.error.message}",))
    return Uses(tuple(walk.found.values()), tuple(problems))


@dataclass(frozen=True, slots=True)
class _Where:
    """A text with operations. line: of a manifest's entry; None for a file of its own, whose lines count."""

    path: str
    line: int | None


def _texts(document: Document, problems: list[str]) -> Iterator[tuple[str, _Where]]:
    try:
        if not document.path.lower().endswith(".json"):
            yield decode(document.data, DEFAULT_LIMITS), _Where(document.path, None)
            return
        bodies = dict(_bodies(read(document)))
        lines = locate(document, list(bodies))
    except Unreadable as error:
        problems.append(f"`{document.path}`: {error.message}")
        return
    if not bodies:
        problems.append(f"`{document.path}` is no manifest of persisted queries that is known.")
    for pointer, text in bodies.items():
        yield text, _Where(document.path, lines[pointer].line)


def _bodies(value: object) -> Iterator[tuple[Pointer, str]]:
    """The operations of a manifest: Apollo's list of `operations`, or a mapping of ids to texts (Relay and others)."""
    if isinstance(value, dict) and isinstance(value.get("operations"), (list, dict)):
        entries = value["operations"]
        prefix: Pointer = ("operations",)
    else:
        entries, prefix = value, ()
    items = enumerate(entries) if isinstance(entries, list) else entries.items() if isinstance(entries, dict) else ()
    for key, entry in items:
        if isinstance(entry, str) and "{" in entry:
            yield (*prefix, key), entry
        elif isinstance(entry, dict):
            body = next((name for name in _BODIES if isinstance(entry.get(name), str)), None)
            if body is not None:
                yield (*prefix, key, body), entry[body]


def _read(walk: _Walk, text: str, where: _Where, problems: list[str]) -> None:
    if (at := too_deep(text)) is not None:
        problems.append(f"`{where.path}:{where.line or line_column(text, at)[0]}` nests too deeply to be read.")
        return
    try:
        parsed = parse(text, max_tokens=MOST_TOKENS)
    except GraphQLSyntaxError as error:
        line = where.line or line_column(text, next(iter(error.positions or ()), 0))[0]
        problems.append(f"`{where.path}:{line}`: {error.message.removeprefix('Syntax Error: ')}")
        return
    walk.add(parsed, text, where)


class _Walk:
    """Follows selections through the schema. Every fragment is walked once, wherever it is spread."""

    def __init__(self, sdl: Sdl) -> None:
        self._sdl = sdl
        self._roots = roots(sdl)
        self._known: dict[str, Definition | None] = {}
        self._waiting: list[tuple[ast.ExecutableDefinitionNode, Lines, _Where]] = []
        self._lines = Lines("")
        self._where = _Where("", None)
        self.found: dict[str, Used] = {}

    def add(self, document: ast.DocumentNode, text: str, where: _Where) -> None:
        lines = Lines(text)
        for definition in document.definitions:
            if isinstance(definition, ast.ExecutableDefinitionNode):
                self._waiting.append((definition, lines, where))

    def run(self) -> None:
        for definition, lines, where in self._waiting:
            self._lines, self._where = lines, where
            if isinstance(definition, ast.OperationDefinitionNode):
                self._operation(definition)
            elif isinstance(definition, ast.FragmentDefinitionNode):
                self._selections(definition.selection_set, definition.type_condition.name.value)
            self._directives(definition)

    def _operation(self, node: ast.OperationDefinitionNode) -> None:
        for variable in node.variable_definitions or ():
            name = _named(type_text(variable.type))
            self._input_type(name, variable)
            if variable.default_value is not None:
                self._value(name, variable.default_value)
            self._directives(variable)
        self._selections(node.selection_set, self._roots.get(node.operation.value, ""))

    def _selections(self, selections: ast.SelectionSetNode, type_name: str) -> None:
        definition = self._type(type_name)
        if definition is None:
            return  # stale, or written for a client's own schema; nothing of this one is used below it
        for node in selections.selections:
            self._directives(node)
            if isinstance(node, ast.FieldNode):
                self._field(definition, node)
            elif isinstance(node, ast.InlineFragmentNode):
                condition = node.type_condition
                self._selections(node.selection_set, condition.name.value if condition else type_name)

    def _field(self, definition: Definition, node: ast.FieldNode) -> None:
        name = node.name.value
        coordinate = f"{definition.name}.{name}"
        self._use(coordinate, node)
        field = definition.members.get(name)
        if field is None:
            return
        for argument in node.arguments or ():
            self._use(f"{coordinate}({argument.name.value}:)", argument)
            declared = field.arguments.get(argument.name.value)
            if declared is not None:
                self._value(_named(declared.type), argument.value)
        output = _named(field.type)
        if node.selection_set is not None:
            self._selections(node.selection_set, output)
        returned = self._type(output) if output not in _BUILT_IN else None
        if returned is not None and returned.keyword in ("scalar", "enum", "union"):
            self._use(output, node)

    def _value(self, type_name: str, node: ast.ValueNode) -> None:
        """What a literal names. Lists may be left out around a single value, so only the innermost type counts."""
        if isinstance(node, ast.ListValueNode):
            for item in node.values:
                self._value(type_name, item)
            return
        definition = self._type(type_name) if type_name not in _BUILT_IN else None
        if definition is None:
            return
        if isinstance(node, ast.VariableNode):
            return  # its own type is used where it is declared
        if isinstance(node, ast.ObjectValueNode) and definition.keyword == "input":
            self._object(definition, node)
        elif isinstance(node, ast.EnumValueNode) and definition.keyword == "enum":
            self._use(f"{type_name}.{node.value}", node)
        else:
            self._use(type_name, node)

    def _object(self, definition: Definition, node: ast.ObjectValueNode) -> None:
        if not node.fields:
            self._use(definition.name, node)
        for one in node.fields:
            self._use(f"{definition.name}.{one.name.value}", one)
            declared: Member | None = definition.members.get(one.name.value)
            if declared is not None:
                self._value(_named(declared.type), one.value)

    def _input_type(self, name: str, node: ast.Node) -> None:
        """A variable may carry anything that its type allows."""
        waiting, met = [name], {name}
        while waiting:
            one = waiting.pop()
            definition = self._type(one) if one not in _BUILT_IN else None
            if definition is None:
                continue
            self._use(one, node)
            if definition.keyword == "input":
                inner = {_named(member.type) for member in definition.members.values()} - met
                met |= inner
                waiting += sorted(inner)

    def _directives(self, node: ast.Node) -> None:
        for directive in getattr(node, "directives", None) or ():
            name = f"@{directive.name.value}"
            if ("directive", directive.name.value) not in self._sdl.pieces:
                continue  # `@skip` and `@include` need no definition, and clients have directives of their own
            self._use(name, directive)
            for argument in directive.arguments or ():
                self._use(f"{name}({argument.name.value}:)", argument)

    def _type(self, name: str) -> Definition | None:
        if name not in self._known:
            key = ("type", name)
            self._known[name] = self._sdl.definition(key) if key in self._sdl.pieces else None
        return self._known[name]

    def _line(self, node: ast.Node) -> int:
        if self._where.line is not None or node.loc is None:
            return self._where.line or 1
        return self._lines.at(node.loc.start)[0]

    def _use(self, coordinate: str, node: ast.Node) -> None:
        if coordinate not in self.found:
            self.found[coordinate] = Used(coordinate, self._where.path, self._line(node))


def _named(type: str) -> str:
    return type.strip("[]!")
