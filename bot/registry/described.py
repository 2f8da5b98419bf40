"""What each term of the registry file means, in a sentence or two: what an editor shows while somebody writes it.

By model and term. `bot.registry.schema` puts them into the JSON Schema; docs/registry.md tells
the same at length.
"""

from __future__ import annotations

from collections.abc import Mapping

DESCRIPTIONS: Mapping[str, Mapping[str, str]] = {
    "RegistryFile": {
        "apiVersion": "Always `contracts.review/v1`.",
        "kind": "Always `ContractRegistry`.",
        "include": (
            "Further files of the same kind: paths, or globs such as `contracts/*.yml`. Their contracts and "
            "consumers are added."
        ),
        "defaults": "What holds for every contract that does not say otherwise, key by key.",
        "contracts": "The producer's half: the contracts that this repository offers.",
        "consumers": (
            "The producer's half: who uses these contracts, as far as the producer knows. Nobody listed means "
            "unknown, not none."
        ),
        "component": "The consumer's half: who this repository is when it consumes contracts of others.",
        "consumes": "The consumer's half: the contracts that this repository uses.",
        "ignore": "Globs of files that are no contracts, whatever they look like: fixtures, vendored copies.",
        "branches": "Globs of the base branches that are gated. Left out: the default branch and protected ones.",
        "calendar": "By which business days are counted.",
        "floors": "Only in an organisation's `.github` repository: what every registry must at least ask for.",
    },
    "Contract": {
        "proposed": "Inferred by a tool: the contract counts for nothing until a person takes this mark away.",
        "id": "The key that everything refers to, and part of every signature: never rename it lightly.",
        "type": "The format. It decides how two versions are compared.",
        "title": "What people call it.",
        "known_as": "What evidence calls it, such as the provider's name in pacts.",
        "lifecycle": (
            "`experimental`: reported, never held. `production`: needs a decision owner. `deprecated`: still "
            "gated. `retired`: gone."
        ),
        "enforcement": "`observe`: say what would be held. `warn`: warn. `enforce`: hold the merge.",
        "files": (
            "Which files it is made of, as in CODEOWNERS: `*` within a segment, `**` any depth, a folder is all in it."
        ),
        "entrypoint": (
            "The one document that the others are part of. Without it, each of `files` that is a document is "
            "compared by itself."
        ),
        "owner": 'Who produces it: `"@user"` or `"@org/team"`, in quotes.',
        "decision_owner": (
            'Who decides about its compatibility, and signs breaks: `"@org/team"`. A production contract must have one.'
        ),
        "verification_owner": "Who keeps the tests that hold its promises.",
        "version": "Where its version is written, and what a break does to it.",
        "compatibility": "What a change is measured by.",
        "guarantees": (
            "What is promised, read downward: the first line that matches counts. What no line speaks of is guaranteed."
        ),
        "behaviours": "Promises that a schema cannot make: ordering, timing, failure and the like.",
        "deprecation": "How something is taken away: how long before, and what has to be stated.",
        "deprecated": "Elements on their way out, with their dates.",
        "verification": "What has to be green for its promises to count as kept.",
        "announce": "Where changes are told.",
        "review": "How often the registration is looked at again, and when that was last done.",
        "signoff": "Who signs what, how many, and for how long a signature holds.",
        "evidence_from": "Files of this repository that show who uses the contract.",
    },
    "Compatibility": {
        "mode": (
            "For messages and stored data: `backward` (new readers, old data), `forward` (old readers, new "
            "data), `full`, `none`. Protobuf also: `file`, `package`, `csr`, `wire_json`, `wire`."
        ),
        "against": "What a change is compared with: the base branch, the latest release, all releases.",
        "rules": "Rule ids to raise or lower, by the level that they are to have.",
        "content": (
            "Whether a schema that does not say so tolerates unknown properties (`open`) or not (`closed`); "
            "`strict`: readers reject everything new."
        ),
    },
    "GuaranteeLine": {
        "proposed": "Inferred by a tool: the line counts for nothing until a person takes this mark away.",
        "at": "An element address or pattern: `GET /orders/{id} 200:$.status`, `**` for everything.",
        "level": (
            "`guaranteed`: a break is signed by the decision owner and by those it breaks. `may_change`: they "
            "are told. `out_of_contract`: nobody should rely on it."
        ),
        "note": "Why, for those who read it.",
    },
    "Behaviour": {
        "proposed": "Inferred by a tool: the promise counts for nothing until a person takes this mark away.",
        "id": "The key that consumers name in `backed_by`.",
        "aspect": "What it is about.",
        "at": "The elements it holds for; `**` (everything) when left out.",
        "level": "How firmly it is promised, as in `guarantees`.",
        "statement": "The promise, in one sentence that somebody can hold you to.",
        "objective": "The promise as a number.",
        "verified_by": "Tests or checks that hold it. None: it is shown as promised only.",
        "note": "Anything else worth knowing.",
    },
    "Objective": {
        "property": "What is measured: `latency`, `availability`, `retention`, in the words of ODCS.",
        "value": "The number that is promised.",
        "unit": "Of the value: `ms`, `%`, `d`.",
        "percentile": "Of a distribution: 95 for p95.",
    },
    "Deprecation": {
        "notice": "How long before its sunset something is announced as deprecated: `90d`.",
        "windows": "On which days things may go.",
        "require": "What a deprecation has to state.",
    },
    "Deprecated": {
        "proposed": "Inferred by a tool: the entry counts for nothing until a person takes this mark away.",
        "at": "The element that goes.",
        "since": 'The day since which it is deprecated: `"YYYY-MM-DD"`, in quotes.',
        "sunset": 'The day from which on it may be gone: `"YYYY-MM-DD"`, in quotes.',
        "successor": "The element to use instead.",
        "note": "Anything else worth knowing.",
    },
    "Verification": {
        "required_checks": "Names of checks on the pull request.",
    },
    "Announcement": {
        "tool": "`slack`, `email`, `github`, …",
        "channel": 'A channel or address; `"#orders"` needs quotes.',
        "scope": "What is told there, in the words of ODCS.",
    },
    "Review": {
        "every": "How often: `90d`. Evidence older than that is shown as stale.",
        "last": 'The day of the last review: `"YYYY-MM-DD"`, in quotes.',
    },
    "Version": {
        "scheme": "How versions are written; `path`: in the path or package name, such as `/v2/` or `acme.orders.v2`.",
        "from": "Where the version is written: `info.version`, `package`.",
        "breaking_requires": "What part of the version a breaking change must raise.",
    },
    "Signoff": {
        "breaking": "Who signs a breaking change.",
        "unclassified": "Who signs a change that no rule knows.",
        "quorum": "How many people sign as decision owner.",
        "critical_quorum": "The same, when a consumer of high criticality is affected.",
        "ack_required": "Whether an acknowledgement that is only asked for blocks until it is given.",
        "author_may_approve": "Whether the author of the pull request may sign for their own team.",
        "reverts": (
            "`unreleased`: nobody signs a revert of what was merged within three days and is in no release. `asked`: "
            "it is signed like any change, because what is merged is in use at once."
        ),
        "respond_within": "How long those who are asked have: `3d` (business days).",
        "on_silence": "What silence means after that. Consent is a choice that only a consumer makes for itself.",
        "approval_ttl": "How long a signature holds: `30d`.",
    },
    "EvidenceSource": {
        "kind": "`pact`, `graphql`, `har`, `stub`, `dbt`, `backstage`, …",
        "path": "A path, or a glob such as `pacts/*.json`.",
        "provider": "What these files call the contract, such as a pact's provider.",
        "host": "Which requests of a recording go to the contract.",
        "consumer": "Whose evidence it is, where the files do not say.",
    },
    "Evidence": {
        "kind": (
            "`declared`, `pact`, `pact-full`, `graphql`, `traffic`, `har`, `otel`, `logs`, `code`, `stub`, "
            "`backstage`, `dbt`."
        ),
        "ref": "Where to look it up: a file, a file at a commit, a glob of operations.",
        "seen": 'When it was last seen: `"YYYY-MM-DD"`, in quotes.',
        "complete": "Whether nothing but the listed elements is used.",
    },
    "Use": {
        "proposed": "Inferred by a tool: the use counts for nothing until a person takes this mark away.",
        "contract": "The `id` of a contract of this registry.",
        "elements": "What is used of it. Left out: anything may be used, so every break affects the consumer.",
        "evidence": "Why we believe it.",
    },
    "Assumption": {
        "proposed": "Inferred by a tool: the assumption counts for nothing until a person takes this mark away.",
        "aspect": "What it is about.",
        "at": "The elements it is about; `**` (everything) when left out.",
        "statement": "What is relied on, in one sentence.",
        "backed_by": "The `id` of the behaviour that promises it. None: nobody does.",
    },
    "Confirmation": {
        "by": "Who confirmed the entry: a GitHub handle, in quotes.",
        "date": 'The day: `"YYYY-MM-DD"`, in quotes.',
    },
    "Consumer": {
        "proposed": "Inferred by a tool: the consumer counts for nothing until a person takes this mark away.",
        "id": "The key of the consumer, and part of its signatures.",
        "known_as": "What evidence calls it, such as the consumer's name in pacts.",
        "repo": "Where it lives: `owner/repository`.",
        "owner": 'Who signs for it: `"@org/team"`, in quotes.',
        "criticality": "How bad it is when it breaks.",
        "visibility": "Who may know of it. A `private` consumer is never named; the decision owner signs for it.",
        "tolerates": (
            "What does not affect it: rule ids, or `new_optional_fields`, `new_enum_values`, `new_variants`, "
            "`new_responses`, `new_headers`."
        ),
        "uses": "What it uses of which contract.",
        "assumes": "What it relies on besides the schema.",
        "confirmed": "Who confirmed the entry, and when.",
    },
    "Component": {
        "id": "The consumer's key.",
        "known_as": "What evidence calls it, such as the consumer's name in pacts.",
        "owner": 'Who signs for it: `"@org/team"`, in quotes.',
        "criticality": "How bad it is when it breaks.",
        "visibility": "Who may know of it. A `private` consumer is never named; the decision owner signs for it.",
    },
    "Consumption": {
        "proposed": "Inferred by a tool: the entry counts for nothing until a person takes this mark away.",
        "contract": "`owner/repository#id`, or the `id` of a contract of this file.",
        "elements": "What is used of it. Left out: anything may be used.",
        "tolerates": "What does not affect this consumer: rule ids, or `new_optional_fields`, `new_enum_values`, …",
        "assumes": "What it relies on besides the schema.",
        "evidence_from": "Files of this repository that show what is used.",
        "signoff": "What the consumer decides for itself.",
    },
    "ConsumerSignoff": {
        "respond_within": "How long this consumer wants to have: `3d` (business days).",
        "on_silence": "What its silence means after that.",
    },
    "Calendar": {
        "time_zone": "An IANA name: `Europe/Berlin`.",
        "holidays": 'Days on which nobody is expected to answer: `"YYYY-MM-DD"`, in quotes.',
    },
    "Floors": {
        "notice": "At least this much notice before a sunset.",
        "approval_ttl": "Signatures hold at most this long.",
        "quorum": "At least so many people sign as decision owner.",
        "enforcement": "At least this strict.",
        "breaking": "These sign a breaking change, whoever else does.",
        "author_may_approve": "Whether a registry may allow authors to sign for their own team.",
        "rules": "Rule ids that are at least of this level.",
        "may_waive": "Who may waive a consumer's signature. Nobody named: the decision owner.",
        "fallback": "Who signs where nobody else is left.",
    },
    "Defaults": {
        "enforcement": (
            "`observe`: say what would be held. `warn`: warn. `enforce`: hold the merge. In an organisation's "
            "`.github` repository it holds for all repositories that do not say it themselves."
        ),
        "signoff": "Who signs what, how many, and for how long a signature holds.",
        "review": "How often registrations are looked at again.",
        "deprecation": "How something is taken away: how long before, and what has to be stated.",
    },
}
"""By the name of the model, then by the term as it is written in the file."""
