"""What GitHub refuses, to people and to programs alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Refused(Exception):
    """An answer other than success. `errors` is a list of objects, or of strings, as GitHub mixes them."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: Sequence[Any] | None = None,
        documentation: str = "https://docs.github.com/rest",
    ) -> None:
        super().__init__(f"{status}: {message} {list(errors) if errors else ''}".rstrip())
        self.status = status
        self.message = message
        self.errors = errors
        self.documentation = documentation


def not_found() -> Refused:
    return Refused(404, "Not Found")


def invalid(resource: str, field: str, code: str, message: str | None = None) -> Refused:
    """GitHub's usual 422."""
    error = {"resource": resource, "field": field, "code": code}
    if message is not None:
        error["message"] = message
    return Refused(422, "Validation Failed", [error])
