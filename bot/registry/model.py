"""The registry file's models. Terms are those of docs/registry.md.

`RegistryFile` is one file as a person writes it, the producer's half, the consumer's half or both. `Registry` is what
the rest of the house works with: all files of a repository merged, defaults filled in.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

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
Mode = Literal["backward", "forward", "full", "none", "file", "package", "csr", "wire_json", "wire"]
PROTOBUF_MODES = ("file", "package", "csr", "wire_json", "wire")
"""Modes that only contracts of type protobuf have, named as buf's categories of breaking rules."""

_GLUE_DISABLED = ("full", ("all_releases",))
"""AWS Glue's DISABLED forbids new versions altogether; the strictest mode there is stands nearest to it."""


def _known_type(value: Any) -> Any:
    return TYPE_ALIASES.get(value.lower(), value) if isinstance(value, str) else value


def _calendar_date(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError("is no date of the calendar: write YYYY-MM-DD") from None
    return value


Handle = Annotated[str, Field(pattern=r"^@[A-Za-z0-9][A-Za-z0-9-]*(/[A-Za-z0-9._-]+)?$")]
"""`@user` or `@org/team`, as in CODEOWNERS."""

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


class Compatibility(Model):
    """What may change. `mode` and `against` hold for messages and stored data; `rules` raise or lower single rules.
    The modes file (that of protobuf when none is given), package, csr, wire_json and wire are those of type protobuf.

    Confluent's `*_transitive` and AWS Glue's `*_ALL` are read as the mode against all releases.
    """

    mode: Mode = "backward"
    against: tuple[Literal["base", "latest_release", "all_releases"], ...] = ("base",)
    rules: dict[Literal["breaking", "risky", "compatible"], tuple[str, ...]] = {}
    content: Literal["open", "closed", "strict"] = "open"

    @model_validator(mode="before")
    @classmethod
    def _mode_aliases(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not isinstance(value.get("mode"), str):
            return value
        mode = value["mode"].lower().replace("-", "_")
        if mode == "disabled":
            strictest, releases = _GLUE_DISABLED
            return {**value, "mode": strictest, "against": value.get("against", list(releases))}
        for suffix in ("_transitive", "_all"):
            if mode.endswith(suffix):
                return {**value, "mode": mode.removesuffix(suffix), "against": value.get("against", ["all_releases"])}
        return {**value, "mode": mode}


class GuaranteeLine(Model):
    at: Element
    level: GuaranteeLevel
    note: str = ""


class Objective(Model):
    """A measurable promise, in the words of ODCS `slaProperties`."""

    property: Text
    value: float | Text
    unit: str = ""
    percentile: float | None = None


class Behaviour(Model):
    """What a schema cannot say. `verified_by`: tests or checks that hold it; empty is shown as promised only."""

    id: Identifier
    aspect: Aspect
    at: Element = "**"
    level: GuaranteeLevel = "guaranteed"
    statement: str = ""
    objective: Objective | None = None
    verified_by: tuple[Text, ...] = ()
    note: str = ""


class Deprecation(Model):
    """How something is taken away: how long before, on which days, and what a deprecation has to state."""

    notice: Duration = "90d"
    windows: Literal["any", "monthly", "quarterly"] = "any"
    require: tuple[Literal["deprecated_flag", "sunset", "successor"], ...] = ()


class Deprecated(Model):
    """One element on its way out (RFC 9745 Deprecation, RFC 8594 Sunset)."""

    at: Element
    since: Date | None = None
    sunset: Date | None = None
    successor: Element | None = None
    note: str = ""


class Verification(Model):
    required_checks: tuple[Text, ...] = ()


class Announcement(Model):
    """Where changes are told, in the shape of ODCS `support[]`."""

    tool: Text
    channel: Text
    scope: Literal["announcements", "notifications", "interactive", "issues"] = "announcements"


class Review(Model):
    every: Duration | None = None
    last: Date | None = None


class Version(Model):
    """Where the contract's version stands and what a break does to it."""

    scheme: Literal["semver", "calver", "integer", "path", "none"] = "semver"
    from_: Annotated[Text, Field(alias="from")] = "info.version"
    breaking_requires: Literal["major", "minor", "none"] = "major"


class Signoff(Model):
    breaking: tuple[Literal["decision_owner", "affected_consumers"], ...] = ("decision_owner", "affected_consumers")
    unclassified: tuple[Literal["decision_owner"], ...] = ("decision_owner",)
    quorum: Annotated[int, Field(ge=1, le=20, strict=True)] = 1
    author_may_approve: bool = False
    respond_within: Duration = "3d"
    on_silence: Literal["block", "escalate", "consent"] = "escalate"
    approval_ttl: Duration = "30d"


class Contract(Model):
    """The producer's half: one contract, who answers for it and what is promised."""

    id: Identifier
    type: Annotated[ContractType, BeforeValidator(_known_type)]
    title: str = ""
    lifecycle: Lifecycle = "production"
    files: Annotated[tuple[Text, ...], Field(min_length=1)]
    entrypoint: Text | None = None
    owner: Handle | None = None
    decision_owner: Handle | None = None
    verification_owner: Handle | None = None
    version: Version | None = None
    compatibility: Compatibility = Compatibility()
    guarantees: tuple[GuaranteeLine, ...] = ()
    behaviours: tuple[Behaviour, ...] = ()
    deprecation: Deprecation = Deprecation()
    deprecated: tuple[Deprecated, ...] = ()
    verification: Verification = Verification()
    announce: tuple[Announcement, ...] = ()
    review: Review = Review()
    signoff: Signoff = Signoff()

    @model_validator(mode="after")
    def _mode_of_type(self) -> Contract:
        mode = self.compatibility.mode
        if mode in PROTOBUF_MODES and self.type != "protobuf":
            others = "backward, forward, full or none"
            raise ValueError(f"`mode: {mode}` is for contracts of type protobuf, not {self.type}: write {others}")
        return self


class Evidence(Model):
    """Why we believe that an element is used. `complete`: nothing outside the listed elements is used."""

    kind: Text = "declared"
    ref: str = ""
    seen: Date | None = None
    complete: bool = False


class Use(Model):
    """Elements of a contract that a consumer uses. No elements: it may use anything."""

    contract: Text
    elements: tuple[Element, ...] = ()
    evidence: Evidence = Evidence()


class Assumption(Model):
    """What a consumer relies on besides the schema. `backed_by`: the behaviour that promises it; none: unbacked."""

    aspect: Aspect
    at: Element = "**"
    statement: str = ""
    backed_by: Identifier | None = None


class Confirmation(Model):
    by: Handle
    date: Date


class Consumer(Model):
    id: Identifier
    repo: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$")] | None = None
    owner: Handle | None = None
    criticality: Literal["low", "medium", "high"] = "medium"
    visibility: Literal["public", "org", "private"] = "org"
    tolerates: tuple[Text, ...] = ()
    uses: tuple[Use, ...] = ()
    assumes: tuple[Assumption, ...] = ()
    confirmed: Confirmation | None = None


class Component(Model):
    """The consumer's half: who the repository itself is when it consumes."""

    id: Identifier
    owner: Handle | None = None
    criticality: Literal["low", "medium", "high"] = "medium"
    visibility: Literal["public", "org", "private"] = "org"


class EvidenceSource(Model):
    """Files of the consumer's repository that show what it uses."""

    kind: Text
    path: Text
    provider: str = ""
    host: str = ""


class ConsumerSignoff(Model):
    """What a consumer decides for itself."""

    respond_within: Duration = "3d"
    on_silence: Literal["block", "escalate", "consent"] = "escalate"


class Consumption(Model):
    """The consumer's half: one contract it consumes, `owner/repo#id`, or `id` of a contract in the same file."""

    contract: Annotated[str, Field(pattern=r"^([A-Za-z0-9-]+/[A-Za-z0-9._-]+#)?[A-Za-z0-9][A-Za-z0-9._/-]*$")]
    elements: tuple[Element, ...] = ()
    tolerates: tuple[Text, ...] = ()
    assumes: tuple[Assumption, ...] = ()
    evidence_from: tuple[EvidenceSource, ...] = ()
    signoff: ConsumerSignoff = ConsumerSignoff()


class Defaults(Model):
    """What holds for every contract of the file that does not say otherwise, key by key."""

    signoff: Signoff = Signoff()
    review: Review = Review()
    deprecation: Deprecation = Deprecation()


class RegistryFile(Model):
    """One registry file. `include`: further files of the same kind (paths, or globs such as `contracts/*.yml`)."""

    api_version: Annotated[Literal["contracts.review/v1"], Field(alias="apiVersion")]
    kind: Literal["ContractRegistry"]
    include: tuple[Text, ...] = ()
    defaults: Defaults = Defaults()
    contracts: tuple[Contract, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    component: Component | None = None
    consumes: tuple[Consumption, ...] = ()
    ignore: tuple[Text, ...] = ()
    branches: tuple[Text, ...] = ()


class Registry(Model):
    """A registry after reading and merging its files. Lookups by id raise KeyError.

    ignore: globs of files that are no contracts, whatever they look like. branches: globs of the gated base branches
    (empty: the default branch and protected ones).
    """

    contracts: tuple[Contract, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    ignore: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    component: Component | None = None
    consumes: tuple[Consumption, ...] = ()

    def contract(self, id: str) -> Contract:
        for contract in self.contracts:
            if contract.id == id:
                return contract
        raise KeyError(id)

    def consumer(self, id: str) -> Consumer:
        for consumer in self.consumers:
            if consumer.id == id:
                return consumer
        raise KeyError(id)

    def has_contract(self, id: str) -> bool:
        return any(c.id == id for c in self.contracts)

    def consumers_of(self, contract: str) -> tuple[Consumer, ...]:
        """Those registered as users of the contract, in the order of the file."""
        return tuple(c for c in self.consumers if any(u.contract == contract for u in c.uses))
