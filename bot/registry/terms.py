"""The words and scalar values that a registry file is written in: handles, durations, days, elements."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

API_VERSION = "contracts.review/v1"
KIND = "ContractRegistry"

ContractType = Literal[
    "openapi", "asyncapi", "json-schema", "graphql", "protobuf", "avro", "sql", "odcs", "dbt", "other"
]
CONTRACT_TYPES: tuple[str, ...] = ContractType.__args__  # type: ignore[attr-defined]
TYPE_ALIASES = {"grpc": "protobuf", "jsonschema": "json-schema", "swagger": "openapi"}

Lifecycle = Literal["experimental", "production", "deprecated", "retired"]
Aspect = Literal["meaning", "timing", "ordering", "idempotency", "delivery", "failure", "consistency", "limits"]
GuaranteeLevel = Literal["guaranteed", "may_change", "out_of_contract"]
Enforcement = Literal["observe", "warn", "enforce"]
Mode = Literal["backward", "forward", "full", "none", "file", "package", "csr", "wire_json", "wire"]
PROTOBUF_MODES = ("file", "package", "csr", "wire_json", "wire")
"""Modes that only contracts of type protobuf have, named as buf's categories of breaking rules."""


def known_type(value: Any) -> Any:
    return TYPE_ALIASES.get(value.lower(), value) if isinstance(value, str) else value


def _calendar_date(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError("is no date of the calendar: write YYYY-MM-DD") from None
    return value


Handle = Annotated[str, Field(pattern=r"^@[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9._-]+)?$")]
"""`@user` or `@org/team`, as in CODEOWNERS. Logins of managed users end in `_` and their enterprise's short code (docs:
"Username considerations for external authentication").
"""

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", max_length=200)]
"""The stable key of a contract or consumer: letters, digits, `.`, `_`, `-`, `/`."""

Duration = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}[hdw]$")]
"""A whole number of hours, days or weeks: `12h`, `30d`, `2w`."""

Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_calendar_date)]
"""A day, `YYYY-MM-DD`. Kept as text: a registry is compared and shown as it was written."""

Element = Annotated[str, Field(min_length=1)]
"""An element address or a pattern of them (see `bot.contracts.address`); the linter says which do not parse."""

Text = Annotated[str, Field(min_length=1)]


class Model(BaseModel):
    """Strict about unknown keys, except `x-*` ones, which the reader takes out beforehand."""

    model_config = ConfigDict(extra="forbid", frozen=True)
