"""Whether a default is a value of its schema (specification, "Complex Types", field default values)."""

from __future__ import annotations

from bot.contracts.avro.model import Schema

_RANGES = {"int": range(-(2**31), 2**31), "long": range(-(2**63), 2**63)}


class Defaults:
    """Answers are kept, because a value in a union of records may be asked for again at every level."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, Schema], bool] = {}

    def fits(self, value: object, schema: Schema) -> bool:
        """Of a union any branch will do: older specifications want the first, implementations take any."""
        if not isinstance(value, (list, dict)):
            return self._fits(value, schema)
        key = (id(value), schema)
        if key not in self._known:
            self._known[key] = self._fits(value, schema)
        return self._known[key]

    def _fits(self, value: object, schema: Schema) -> bool:
        match schema.kind:
            case "null":
                return value is None
            case "boolean":
                return isinstance(value, bool)
            case "int" | "long":
                return isinstance(value, int) and not isinstance(value, bool) and value in _RANGES[schema.kind]
            case "float" | "double":
                return isinstance(value, (int, float)) and not isinstance(value, bool)
            case "bytes" | "string":
                return isinstance(value, str)
            case "fixed":
                return isinstance(value, str) and len(value) == schema.size
            case "enum":
                return isinstance(value, str) and value in schema.symbol_set
            case "array":
                return isinstance(value, list) and all(self._inner(one, schema) for one in value)
            case "map":
                return isinstance(value, dict) and all(self._inner(one, schema) for one in value.values())
            case "union":
                return any(self.fits(value, branch) for branch in schema.branches)
            case "record":
                return isinstance(value, dict) and all(
                    self.fits(value[field.name], field.schema) if field.name in value else field.has_default
                    for field in schema.fields
                )
        return True

    def _inner(self, value: object, schema: Schema) -> bool:
        return schema.inner is None or self.fits(value, schema.inner)
