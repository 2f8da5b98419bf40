"""Swagger 2.0 read as if it had been written in OpenAPI 3.0.

Everything that 2.0 says has its place in 3.0 (spec.openapis.org/oas/v2.0 and v3.0.3), so one comparison serves both,
and a document that moves from one to the other can be compared, too. What is moved on the way remembers where it was
written: `Translation.origin` leads from a pointer into the translated document back to the text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.contracts.document import Side
from bot.contracts.openapi.swagger_objects import security_scheme, set_style
from bot.contracts.openapi.swagger_schema import schema_of_parameter, translate_schema
from bot.contracts.references import FileResolver
from bot.contracts.tree import Node, Pointer, UnresolvedReference

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch"})
_KEPT = ("info", "tags", "externalDocs", "security")
_ASSUMED = ("application/json",)
"""What 2.0 leaves open when neither the operation nor the document says `consumes` or `produces`."""

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_ANY = "*/*"
_ANY_ESCAPED = "*~1*"


@dataclass(slots=True)
class Translation:
    """The document in the words of 3.0. `moved`: pointers into it, with the file and pointer of what was written."""

    path: str
    value: dict[str, Any] = field(default_factory=dict)
    moved: dict[Pointer, tuple[str, Pointer]] = field(default_factory=dict)

    def origin(self, pointer: Pointer) -> tuple[str, Pointer]:
        """The file and the pointer of what a pointer into the translated document was made of."""
        for length in range(len(pointer), 0, -1):
            source = self.moved.get(pointer[:length])
            if source is not None:
                return source[0], source[1] + pointer[length:]
        return self.path, pointer


class OpenApiResolver(FileResolver):
    """Reads Swagger 2.0 files as OpenAPI 3.0, and all others as they are."""

    def __init__(self, side: Side) -> None:
        super().__init__(side)
        self._plain = FileResolver(side)
        self._translations: dict[str, Translation] = {}

    def origin(self, path: str, pointer: Pointer) -> tuple[str, Pointer]:
        """Where the value that `pointer` names was written."""
        translation = self._translations.get(path)
        return (path, pointer) if translation is None else translation.origin(pointer)

    def _read(self, path: str) -> Any:
        root = self._plain.root(path)
        if not is_swagger(root.value):
            return root.value
        translation = _Translator(self._plain, root).translate()
        self._translations[path] = translation
        return translation.value


def is_swagger(value: Any) -> bool:
    """Whether this is the root of a Swagger 2.0 document."""
    return isinstance(value, dict) and str(value.get("swagger", "")) in ("2.0", "2") and "openapi" not in value


class _Translator:
    """One document. Values that are not what 2.0 wants are handed on as they are, for the comparison to complain."""

    def __init__(self, resolver: FileResolver, root: Node) -> None:
        self._resolver = resolver
        self._root = root
        self._result = Translation(root.path)

    def translate(self) -> Translation:
        root, value = self._root.value, self._result.value
        value["openapi"] = "2.0"
        self._moved(("openapi",), self._root.child("swagger"))
        for key in root:
            if key in _KEPT or str(key).startswith("x-"):
                value[key] = root[key]
        servers = self._servers(self._root, ("servers",), ("host", "basePath", "schemes"))
        if servers:
            value["servers"] = servers
        definitions = root.get("definitions")
        if isinstance(definitions, dict):
            value["definitions"] = {
                name: self._schema(self._root.child("definitions", name), ("definitions", name)) for name in definitions
            }
        value["components"] = self._components()
        if "paths" in root:
            value["paths"] = self._paths()
        return self._result

    def _moved(self, to: Pointer, source: Node) -> None:
        self._result.moved[to] = (source.path, source.pointer)

    def _schema(self, node: Node, at: Pointer) -> Any:
        return translate_schema(node, at, self._moved)

    def _components(self) -> dict[str, Any]:
        components: dict[str, Any] = {}
        if isinstance(self._root.value.get("definitions"), dict):
            # References lead to `definitions`; here only the names are looked at.
            components["schemas"] = self._result.value["definitions"]
            self._moved(("components", "schemas"), self._root.child("definitions"))
        for name, node in self._members(self._root, "securityDefinitions"):
            at = ("components", "securitySchemes", name)
            self._moved(at, node)
            components.setdefault("securitySchemes", {})[name] = security_scheme(node.value)
        for name, node in self._members(self._root, "parameters"):
            parameter = node.value if isinstance(node.value, dict) else {}
            if parameter.get("in") == "body":
                at = ("components", "requestBodies", name)
                self._moved(at, node)
                body = {"content": {_ANY: {"schema": self._schema_at(node, (*at, "content", _ANY, "schema"))}}}
                components.setdefault("requestBodies", {})[name] = body
            elif parameter.get("in") != "formData":
                at = ("components", "parameters", name)
                components.setdefault("parameters", {})[name] = self._parameter(node, at)
        for name, node in self._members(self._root, "responses"):
            at = ("components", "responses", name)
            self._moved(at, node)
            components.setdefault("responses", {})[name] = self._response(node, at, (_ANY,), shared=None)
        return components

    def _members(self, node: Node, key: str) -> Iterable[tuple[str, Node]]:
        below = node.value.get(key)
        return [(name, node.child(key, name)) for name in below] if isinstance(below, dict) else []

    def _schema_at(self, owner: Node, at: Pointer) -> Any:
        """The `schema` of a body parameter or response."""
        if not isinstance(owner.value.get("schema"), (dict, bool)):
            return owner.value.get("schema", {})
        source = owner.child("schema")
        self._moved(at, source)
        return self._schema(source, at)

    def _servers(self, owner: Node, at: Pointer, keys: Iterable[str]) -> list[dict[str, Any]]:
        """`schemes`, `host` and `basePath` as addresses. Nothing when the owner says none of `keys`."""
        root = self._root.value
        present = [key for key in keys if key in owner.value]
        if not present:
            return []
        host, base = str(root.get("host", "")), str(root.get("basePath", ""))
        schemes = owner.value.get("schemes", root.get("schemes"))
        names = [str(scheme) for scheme in schemes] if isinstance(schemes, list) and host else []
        self._moved(at, owner.child(present[0]))
        if not names:
            return [{"url": f"//{host}{base}" if host else base or "/"}]
        for index, _ in enumerate(names):
            self._moved((*at, index), owner.child(present[0]))
        return [{"url": f"{name}://{host}{base}"} for name in names]

    def _paths(self) -> Any:
        paths = self._root.value["paths"]
        if not isinstance(paths, dict):
            return paths
        return {path: self._path_item(self._root.child("paths", path), ("paths", path)) for path in paths}

    def _path_item(self, node: Node, at: Pointer) -> Any:
        if isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str):
            try:
                node = self._resolver.resolve(node)
            except UnresolvedReference:
                return node.value
            self._moved(at, node)
        if not isinstance(node.value, dict):
            return node.value
        shared = self._parameter_list(node)
        item: dict[str, Any] = {}
        for key, below in node.value.items():
            if key in _METHODS and isinstance(below, dict):
                item[key] = self._operation(node.child(key), (*at, key), shared)
            elif key != "parameters" or not isinstance(below, list):
                item[key] = below
        return item

    def _operation(self, node: Node, at: Pointer, shared: list[Node]) -> dict[str, Any]:
        moved_keys = ("parameters", "responses", "consumes", "produces", "schemes")
        operation = {key: below for key, below in node.value.items() if key not in moved_keys}
        self._moved(at, node)
        servers = self._servers(node, (*at, "servers"), ("schemes",))
        if servers:
            operation["servers"] = servers
        self._parameters(operation, node, at, shared)
        if "responses" in node.value:
            operation["responses"] = self._responses(node, at)
        return operation

    def _parameters(self, operation: dict[str, Any], node: Node, at: Pointer, shared: list[Node]) -> None:
        """Those of the path, overridden by the operation's own; bodies and forms become the request body."""
        written = node.value.get("parameters")
        if written is not None and not isinstance(written, list):
            operation["parameters"] = written
            return
        named: dict[tuple[str, str], Node] = {}
        for item in (*shared, *self._parameter_list(node)):
            target = self._followed(item)
            value = target.value if isinstance(target.value, dict) else {}
            key = (str(value.get("in")), str(value.get("name")))
            named[("body", "") if key[0] == "body" else key] = item
        plain: list[Any] = []
        form: list[Node] = []
        for (location, _), item in named.items():
            target = self._followed(item)
            if location == "body":
                operation["requestBody"] = self._body(node, item, target, (*at, "requestBody"))
            elif location == "formData":
                form.append(target)
            else:
                plain.append(self._listed(item, target, (*at, "parameters", len(plain))))
        if plain:
            operation["parameters"] = plain
        if form and "requestBody" not in operation:
            operation["requestBody"] = self._form(node, form, (*at, "requestBody"))

    def _parameter_list(self, node: Node) -> list[Node]:
        items = node.value.get("parameters")
        return [node.child("parameters", index) for index in range(len(items))] if isinstance(items, list) else []

    def _followed(self, node: Node) -> Node:
        try:
            return self._resolver.resolve(node)
        except UnresolvedReference:
            return node

    def _listed(self, item: Node, target: Node, at: Pointer) -> Any:
        """A parameter in a list: a reference stays one when the document itself shares it, so that its edit is one."""
        self._moved(at, item)
        if target is not item and target.path == self._root.path and target.pointer[:1] == ("parameters",):
            return {"$ref": "#/components/parameters/" + "/".join(_escaped(part) for part in target.pointer[1:])}
        return self._parameter(target, at) if isinstance(target.value, dict) else item.value

    def _parameter(self, node: Node, at: Pointer) -> Any:
        self._moved(at, node)
        if not isinstance(node.value, dict) or "$ref" in node.value:
            return node.value
        parameter, schema = schema_of_parameter(node.value)
        self._moved((*at, "schema"), node)
        set_style(parameter, node.value)
        return {**parameter, "schema": translate_schema(node, (*at, "schema"), self._moved, schema)}

    def _media_types(self, operation: Node, key: str) -> tuple[str, ...]:
        said = operation.value.get(key, self._root.value.get(key))
        types = tuple(str(one) for one in said) if isinstance(said, list) else ()
        return types or _ASSUMED

    def _place_content(self, operation: Node, key: str, at: Pointer, media_type: str) -> None:
        """Where a media type is written: in the operation, or for the whole document."""
        for owner in (operation, self._root):
            said = owner.value.get(key)
            if isinstance(said, list):
                if media_type in said:
                    self._moved(at, owner.child(key, said.index(media_type)))
                return

    def _body(self, operation: Node, item: Node, target: Node, at: Pointer) -> dict[str, Any]:
        self._moved(at, item)
        shared = target is not item and target.path == self._root.path and target.pointer[:1] == ("parameters",)
        content = {}
        for media_type in self._media_types(operation, "consumes"):
            here = (*at, "content", media_type)
            self._place_content(operation, "consumes", here, media_type)
            if shared:
                name = "/".join(_escaped(part) for part in target.pointer[1:])
                schema: Any = {"$ref": f"#/components/requestBodies/{name}/content/{_ANY_ESCAPED}/schema"}
                self._moved((*here, "schema"), item)
            else:
                schema = self._schema_at(target, (*here, "schema"))
            content[media_type] = {"schema": schema}
        body = {key: target.value[key] for key in ("description", "required") if key in target.value}
        return {**body, "content": content}

    def _form(self, operation: Node, fields: list[Node], at: Pointer) -> dict[str, Any]:
        """Form fields are the properties of an object."""
        self._moved(at, fields[0])
        types = [one for one in self._media_types(operation, "consumes") if one in _FORMS]
        if not types:
            files = any(field.value.get("type") == "file" for field in fields)
            types = [_FORMS[1] if files else _FORMS[0]]
        content = {}
        for media_type in types:
            here = (*at, "content", media_type)
            self._place_content(operation, "consumes", here, media_type)
            content[media_type] = self._form_content(fields, here)
        required = any(field.value.get("required") is True for field in fields)
        return {"required": required, "content": content}

    def _form_content(self, fields: list[Node], at: Pointer) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        needed: list[str] = []
        encoding: dict[str, Any] = {}
        for one in fields:
            name = str(one.value.get("name"))
            here = (*at, "schema", "properties", name)
            _, schema = schema_of_parameter(one.value)
            self._moved(here, one)
            properties[name] = translate_schema(one, here, self._moved, schema)
            if isinstance(one.value.get("description"), str):
                properties[name] = {**properties[name], "description": one.value["description"]}
            if one.value.get("required") is True:
                self._moved((*at, "schema", "required", len(needed)), one.child("required"))
                needed.append(name)
            style: dict[str, Any] = {}
            set_style(style, one.value)
            if style:
                self._moved((*at, "encoding", name), one)
                encoding[name] = style
        schema = {"type": "object", "properties": properties, **({"required": needed} if needed else {})}
        return {"schema": schema, **({"encoding": encoding} if encoding else {})}

    def _responses(self, operation: Node, at: Pointer) -> Any:
        responses = operation.value["responses"]
        if not isinstance(responses, dict):
            return responses
        types = self._media_types(operation, "produces")
        translated = {}
        for status in responses:
            here = (*at, "responses", status)
            item = operation.child("responses", status)
            target = self._followed(item)
            self._moved(here, item)
            shared = None
            if target is not item and target.path == self._root.path and target.pointer[:1] == ("responses",):
                shared = "/".join(_escaped(part) for part in target.pointer[1:])
            translated[str(status)] = self._response(target, here, types, shared, operation)
        return translated

    def _response(
        self, node: Node, at: Pointer, types: tuple[str, ...], shared: str | None, operation: Node | None = None
    ) -> Any:
        """`shared`: the name of the response that the document shares, whose schema is then referred to."""
        if not isinstance(node.value, dict):
            return node.value
        response = {key: below for key, below in node.value.items() if key not in ("schema", "headers", "examples")}
        if "headers" in node.value:
            response["headers"] = self._headers(node, at) if shared is None else _shared_headers(node, shared)
        if "schema" not in node.value:
            return response
        content = {}
        for media_type in types:
            here = (*at, "content", media_type)
            if operation is not None:
                self._place_content(operation, "produces", here, media_type)
            if shared is None:
                schema = self._schema_at(node, (*here, "schema"))
            else:
                schema = {"$ref": f"#/components/responses/{shared}/content/{_ANY_ESCAPED}/schema"}
            content[media_type] = {"schema": schema}
        return {**response, "content": content}

    def _headers(self, node: Node, at: Pointer) -> Any:
        headers = node.value["headers"]
        if not isinstance(headers, dict):
            return headers
        translated = {}
        for name in headers:
            here = (*at, "headers", name)
            translated[name] = self._parameter(node.child("headers", name), here)
        return translated


def _shared_headers(response: Node, name: str) -> Any:
    headers = response.value["headers"]
    if not isinstance(headers, dict):
        return headers
    return {key: {"$ref": f"#/components/responses/{name}/headers/{_escaped(key)}"} for key in headers}


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
