"""The registry file's models. Terms are those of docs/registry.md."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Handle = Annotated[str, Field(pattern=r"^@[A-Za-z0-9][A-Za-z0-9-]*(/[A-Za-z0-9._-]+)?$")]
"""`@user` or `@org/team`, as in CODEOWNERS."""


class Model(BaseModel):
    """Strict about unknown keys, except `x-*` ones, which the reader takes out beforehand."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Compatibility(Model):
    mode: Literal["backward", "forward", "full", "none"] = "backward"
    against: tuple[Literal["base", "latest_release", "all_releases"], ...] = ("base",)
    rules: dict[Literal["breaking", "risky", "compatible"], tuple[str, ...]] = {}
    content: Literal["open", "closed", "strict"] = "open"


class GuaranteeLine(Model):
    at: str
    level: Literal["guaranteed", "may_change", "out_of_contract"]
    note: str = ""


class Signoff(Model):
    breaking: tuple[Literal["decision_owner", "affected_consumers"], ...] = ("decision_owner", "affected_consumers")
    unclassified: tuple[Literal["decision_owner"], ...] = ("decision_owner",)
    quorum: int = 1
    author_may_approve: bool = False
    respond_within: str = "3d"
    on_silence: Literal["block", "escalate", "consent"] = "escalate"
    approval_ttl: str = "30d"


class Contract(Model):
    id: str
    type: str
    lifecycle: Literal["experimental", "production", "deprecated", "retired"] = "production"
    files: tuple[str, ...]
    entrypoint: str | None = None
    owner: Handle | None = None
    decision_owner: Handle | None = None
    verification_owner: Handle | None = None
    compatibility: Compatibility = Compatibility()
    guarantees: tuple[GuaranteeLine, ...] = ()
    signoff: Signoff = Signoff()


class Evidence(Model):
    kind: str = "declared"
    ref: str = ""
    seen: str | None = None
    complete: bool = False


class Use(Model):
    contract: str
    elements: tuple[str, ...] = ()
    evidence: Evidence = Evidence()


class Consumer(Model):
    id: str
    repo: str | None = None
    owner: Handle | None = None
    criticality: Literal["low", "medium", "high"] = "medium"
    visibility: Literal["public", "org", "private"] = "org"
    tolerates: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()


class Registry(Model):
    """A registry after reading and merging its files. Lookups by id raise KeyError."""

    contracts: tuple[Contract, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    ignore: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()

    def contract(self, id: str) -> Contract:
        return next(c for c in self.contracts if c.id == id)

    def consumer(self, id: str) -> Consumer:
        return next(c for c in self.consumers if c.id == id)
