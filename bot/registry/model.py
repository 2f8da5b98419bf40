"""The registry file's models. Terms are those of docs/registry.md.

`RegistryFile` is one file as a person writes it, the producer's half, the consumer's half or both. `Registry` is what
the rest of the house works with: all files of a repository merged, defaults filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator, model_validator

from bot.registry.terms import (
    PROTOBUF_MODES,
    Aspect,
    ContractType,
    Date,
    Duration,
    Element,
    Enforcement,
    GuaranteeLevel,
    Handle,
    Identifier,
    Lifecycle,
    Mode,
    Model,
    Text,
    known_type,
)

_GLUE_DISABLED = ("full", ("all_releases",))
"""AWS Glue's DISABLED forbids new versions altogether; the strictest mode there is stands nearest to it."""


class Compatibility(Model):
    """What may change. `mode` and `against` hold for messages and stored data; `rules` raise or lower single rules.
    The modes file (that of protobuf when none is given), package, csr, wire_json and wire are those of type protobuf.

    Confluent's `*_transitive` and AWS Glue's `*_ALL` are read as the mode against all releases.
    """

    mode: Mode = "backward"
    against: tuple[Literal["base", "latest_release", "all_releases"], ...] = ("base",)
    rules: dict[Literal["breaking", "risky", "compatible"], tuple[str, ...]] = Field(default_factory=dict)
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


class Drafted(Model):
    """What a tool may have inferred. `proposed`: it counts for nothing until a person takes the mark away."""

    proposed: bool = False


class GuaranteeLine(Drafted):
    at: Element
    level: GuaranteeLevel
    note: str = ""


class Objective(Model):
    """A measurable promise, in the words of ODCS `slaProperties`."""

    property: Text
    value: float | Text
    unit: str = ""
    percentile: float | None = None


class Behaviour(Drafted):
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


class Deprecated(Drafted):
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


Signatory = Literal["decision_owner", "affected_consumers", "any_affected_consumer", "verification_owner"]
Quorum = Annotated[int, Field(ge=1, le=20, strict=True)]


class Signoff(Model):
    """Who signs what. `critical_quorum`: the decision owner's quorum when a consumer of high criticality is affected.
    `ack_required`: a consumer's acknowledgement of what only asks for one blocks until it is given. `reverts`: whose
    need no signatures, see bot.review.reverts; `asked`: nobody's, since what is merged is used at once.
    """

    breaking: tuple[Signatory, ...] = ("decision_owner", "affected_consumers")
    unclassified: tuple[Literal["decision_owner"], ...] = ("decision_owner",)
    quorum: Quorum = 1
    critical_quorum: Quorum | None = None
    ack_required: bool = False
    author_may_approve: bool = False
    reverts: Literal["unreleased", "asked"] = "unreleased"
    respond_within: Duration = "3d"
    on_silence: Literal["block", "escalate", "consent"] = "escalate"
    approval_ttl: Duration = "30d"


class EvidenceSource(Model):
    """Files that show what a consumer uses. provider: what they call the contract (a pact's provider); host: which
    requests of a recording go to it. consumer: whose they are, in the producer's half, where the files don't say.
    """

    kind: Text
    path: Text
    provider: str = ""
    host: str = ""
    consumer: Identifier | None = None


class Contract(Drafted):
    """The producer's half: one contract, who answers for it and what is promised.

    known_as: what evidence calls it (a pact's provider). evidence_from: files of this repository that show who uses it.
    """

    id: Identifier
    type: Annotated[ContractType, BeforeValidator(known_type)]
    title: str = ""
    known_as: tuple[Text, ...] = ()
    lifecycle: Lifecycle = "production"
    enforcement: Enforcement = "enforce"
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
    evidence_from: tuple[EvidenceSource, ...] = ()

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


class Use(Drafted):
    """Elements of a contract that a consumer uses. No elements: it may use anything."""

    contract: Text
    elements: tuple[Element, ...] = ()
    evidence: Evidence = Evidence()


class Assumption(Drafted):
    """What a consumer relies on besides the schema. `backed_by`: the behaviour that promises it; none: unbacked."""

    aspect: Aspect
    at: Element = "**"
    statement: str = ""
    backed_by: Identifier | None = None


class Confirmation(Model):
    by: Handle
    date: Date


class Consumer(Drafted):
    id: Identifier
    known_as: tuple[Text, ...] = ()
    repo: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$")] | None = None
    owner: Handle | None = None
    criticality: Literal["low", "medium", "high"] = "medium"
    visibility: Literal["public", "org", "private"] = "org"
    tolerates: tuple[Text, ...] = ()
    uses: tuple[Use, ...] = ()
    assumes: tuple[Assumption, ...] = ()
    confirmed: Confirmation | None = None


class Component(Model):
    """The consumer's half: who the repository itself is when it consumes. known_as: what evidence calls it."""

    id: Identifier
    known_as: tuple[Text, ...] = ()
    owner: Handle | None = None
    criticality: Literal["low", "medium", "high"] = "medium"
    visibility: Literal["public", "org", "private"] = "org"


class ConsumerSignoff(Model):
    """What a consumer decides for itself."""

    respond_within: Duration = "3d"
    on_silence: Literal["block", "escalate", "consent"] = "escalate"


class Consumption(Drafted):
    """The consumer's half: one contract it consumes, `owner/repo#id`, or `id` of a contract in the same file."""

    contract: Annotated[str, Field(pattern=r"^([A-Za-z0-9-]+/[A-Za-z0-9._-]+#)?[A-Za-z0-9][A-Za-z0-9._/-]*$")]
    elements: tuple[Element, ...] = ()
    tolerates: tuple[Text, ...] = ()
    assumes: tuple[Assumption, ...] = ()
    evidence_from: tuple[EvidenceSource, ...] = ()
    signoff: ConsumerSignoff = ConsumerSignoff()


class Calendar(Model):
    """By which business days are counted: an IANA time zone, and days on which nobody is expected to answer."""

    time_zone: str = "UTC"
    holidays: tuple[Date, ...] = ()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("is no time zone: write an IANA name such as Europe/Berlin") from None
        return value


class Floors(Model):
    """What an organisation demands of every registry, in its `.github` repository; a repository may only ask for more.

    notice, quorum, enforcement, rules, breaking: at least this. approval_ttl: at most this. may_waive: who may waive a
    consumer's signature (else the decision owner). fallback: who signs where nobody else is left.
    """

    notice: Duration | None = None
    approval_ttl: Duration | None = None
    quorum: Quorum | None = None
    enforcement: Enforcement | None = None
    breaking: tuple[Signatory, ...] = ()
    author_may_approve: bool = True
    rules: dict[Literal["breaking", "risky"], tuple[str, ...]] = Field(default_factory=dict)
    may_waive: tuple[Handle, ...] = ()
    fallback: Handle | None = None


class Defaults(Model):
    """What holds for every contract of the file that does not say otherwise, key by key. `enforcement` in the
    organisation's `.github` repository: of every repository that says nothing.
    """

    enforcement: Enforcement = "enforce"
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
    calendar: Calendar = Calendar()
    floors: Floors | None = None


class OwnWord(Model):
    """What a consumer's own half, in the repository `repository`, says about signing.

    blocks: its signature is required like that of a registered consumer; else `why_not` says why it is only asked.
    """

    repository: str
    signoff: ConsumerSignoff = ConsumerSignoff()
    blocks: bool = True
    why_not: str = ""


class Registry(Model):
    """A registry after reading and merging its files. Lookups by id raise KeyError.

    ignore: globs of files that are no contracts, whatever they look like. branches: globs of the gated base branches
    (empty: the default branch and protected ones). own_words: by consumer id, of those whose own half is known.
    floors: the organisation's, already applied to the contracts. default_enforcement: what the file's `defaults` say,
    if anything. organisation_enforcement: what the organisation's say, already applied to contracts that say nothing.
    is_organisations: this is the registry whose floors and default hold for the organisation's other repositories.
    """

    contracts: tuple[Contract, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    ignore: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    component: Component | None = None
    consumes: tuple[Consumption, ...] = ()
    calendar: Calendar = Calendar()
    floors: Floors | None = None
    default_enforcement: Enforcement | None = None
    organisation_enforcement: Enforcement | None = None
    is_organisations: bool = False
    own_words: Mapping[str, OwnWord] = Field(default_factory=dict)

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
