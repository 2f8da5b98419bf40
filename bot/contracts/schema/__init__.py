"""The one JSON Schema comparison that OpenAPI, AsyncAPI and JSON Schema share."""

from bot.contracts.schema.comparison import SchemaComparison
from bot.contracts.schema.values import Dialect, SchemaChange

__all__ = ["Dialect", "SchemaChange", "SchemaComparison"]
