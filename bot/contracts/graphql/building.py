"""Parsed definitions and extensions to one merged definition. What is written twice is a fault; the first counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from graphql.language import ast

from bot.contracts.graphql.model import Definition, Member, Site, Usage
from bot.contracts.graphql.splitting import Piece

Report = Callable[[str, Site], None]


def build(parsed: Iterable[tuple[Piece, ast.DefinitionNode]], report: Report) -> Definition:
    """The definition that these pieces make up; at least one. The one that is no extension gives it its site."""
    nodes = sorted(parsed, key=lambda one: one[0].extends)
    piece, node = nodes[0]
    builder = _Builder(piece, report)
    definition = Definition(
        piece.keyword, piece.name, builder.site(getattr(node, "name", None) or node), builder.description(node)
    )
    for piece, node in nodes:
        builder = _Builder(piece, report)
        if piece.keyword != definition.keyword:
            report(f"`{piece.name}` is defined as {definition.keyword} and as {piece.keyword}.", builder.site(node))
            continue
        builder.merge(definition, node)
    return definition


class _Builder:
    """Reads the nodes of one piece."""

    def __init__(self, piece: Piece, report: Report) -> None:
        self._piece = piece
        self._report = report

    def site(self, node: ast.Node) -> Site:
        if node.loc is None:
            return Site(self._piece, 0, len(self._piece.text))
        return Site(self._piece, node.loc.start, node.loc.end)

    def description(self, node: ast.Node) -> str | None:
        found = getattr(node, "description", None)
        return found.value if found is not None else None

    def merge(self, definition: Definition, node: ast.DefinitionNode) -> None:
        definition.usages += self._usages(node)
        if isinstance(node, ast.DirectiveDefinitionNode):
            definition.repeatable = node.repeatable
            self._add_names(definition, node.locations)
            self._add_members(definition, node.arguments or ())
        elif isinstance(node, (ast.SchemaDefinitionNode, ast.SchemaExtensionNode)):
            for root in node.operation_types or ():
                definition.roots.setdefault(root.operation.value, (root.type.name.value, self.site(root)))
        elif isinstance(node, (ast.UnionTypeDefinitionNode, ast.UnionTypeExtensionNode)):
            self._add_names(definition, [one.name for one in node.types or ()])
        elif isinstance(node, (ast.EnumTypeDefinitionNode, ast.EnumTypeExtensionNode)):
            self._add_members(definition, node.values or ())
        else:
            self._add_names(definition, [one.name for one in getattr(node, "interfaces", None) or ()])
            self._add_members(definition, getattr(node, "fields", None) or ())

    def _add_names(self, definition: Definition, names: Iterable[ast.NameNode]) -> None:
        for name in names:
            if name.value in definition.names:
                self._report(f"`{definition.name}` names `{name.value}` twice.", self.site(name))
            definition.names.setdefault(name.value, self.site(name))

    def _add_members(self, definition: Definition, nodes: Iterable[ast.Node]) -> None:
        for node in nodes:
            member = self._member(node)
            if member.name in definition.members:
                self._report(
                    f"`{definition.name}.{member.name}` is defined twice; the first one is compared.", member.site
                )
            definition.members.setdefault(member.name, member)

    def _member(self, node: ast.Node) -> Member:
        name: ast.NameNode = node.name  # type: ignore[attr-defined]
        type_node = getattr(node, "type", None)
        default = getattr(node, "default_value", None)
        return Member(
            name.value,
            self.site(name),
            self.description(node),
            type_text(type_node) if type_node is not None else "",
            value_text(default) if default is not None else None,
            self._usages(node),
            self._arguments(name.value, getattr(node, "arguments", None) or ()),
        )

    def _arguments(self, owner: str, nodes: Iterable[ast.Node]) -> Mapping[str, Member]:
        found: dict[str, Member] = {}
        for node in nodes:
            argument = self._member(node)
            if argument.name in found:
                self._report(f"The argument `{argument.name}` of `{owner}` is defined twice.", argument.site)
            found.setdefault(argument.name, argument)
        return found

    def _usages(self, node: ast.Node) -> tuple[Usage, ...]:
        return tuple(self._usage(one) for one in getattr(node, "directives", None) or ())

    def _usage(self, node: ast.DirectiveNode) -> Usage:
        arguments = {one.name.value: value_text(one.value) for one in node.arguments or ()}
        shown = ", ".join(f"{name}: {arguments[name]}" for name in sorted(arguments))
        text = f"@{node.name.value}({shown})" if shown else f"@{node.name.value}"
        return Usage(node.name.value, arguments, text, self.site(node))


def type_text(node: ast.TypeNode) -> str:
    """A type as it is written, without white space: `[Order!]!`."""
    if isinstance(node, ast.NonNullTypeNode):
        return f"{type_text(node.type)}!"
    if isinstance(node, ast.ListTypeNode):
        return f"[{type_text(node.type)}]"
    assert isinstance(node, ast.NamedTypeNode)
    return node.name.value


def value_text(node: ast.ValueNode) -> str:
    """A value in one spelling: the fields of objects have no order, and strings no style."""
    if isinstance(node, ast.ListValueNode):
        return f"[{', '.join(value_text(one) for one in node.values)}]"
    if isinstance(node, ast.ObjectValueNode):
        fields = sorted((one.name.value, value_text(one.value)) for one in node.fields)
        return f"{{{', '.join(f'{name}: {value}' for name, value in fields)}}}"
    if isinstance(node, ast.StringValueNode):
        return _quoted(node.value)
    if isinstance(node, ast.BooleanValueNode):
        return "true" if node.value else "false"
    if isinstance(node, ast.NullValueNode):
        return "null"
    if isinstance(node, ast.VariableNode):
        return f"${node.name.value}"
    value: str = node.value  # type: ignore[attr-defined]
    return value


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
