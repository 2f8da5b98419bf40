"""The compatibility policy in sentences: names of modes mislead."""

from __future__ import annotations

from collections.abc import Iterator

from bot.registry.model import Contract, Signatory, Signoff
from bot.report import words
from bot.report.artefacts.markdown import bullets, element, handle, span
from bot.report.promises import promise

_AGAINST = {
    "base": "the branch that it goes to",
    "latest_release": "the newest release",
    "all_releases": "every release",
}
_ENFORCEMENT = {
    "enforce": "A change that lacks a signature is held: the check fails until everybody has signed.",
    "warn": "A change that lacks a signature is not held; the check says so in its title.",
    "observe": "Nothing is held; the check says what it would have done.",
}
_CONTENT = {
    "open": "Where a schema does not say so, properties that it does not name are tolerated.",
    "closed": "Where a schema does not say so, properties that it does not name are not allowed.",
    "strict": "Readers validate strictly: properties that they do not know are refused.",
}
_SILENCE = {
    "block": "the change stays held",
    "escalate": "the decision owner may waive that consumer's signature",
    "consent": "silence counts as consent",
}


def policy(contract: Contract) -> Iterator[str]:
    yield "## Compatibility policy"
    yield ""
    yield from bullets(_sentences(contract))


def _sentences(contract: Contract) -> Iterator[str]:
    compatibility = contract.compatibility
    yield promise(contract)
    yield f"A change is compared with {words.joined([_AGAINST[each] for each in compatibility.against])}."
    if contract.lifecycle == "experimental":
        yield "The contract is experimental: whatever breaks is reported, and nobody has to sign."
    else:
        yield _ENFORCEMENT[contract.enforcement]
    if contract.type in ("json-schema", "avro", "asyncapi"):
        yield _CONTENT[compatibility.content]
    for level, rules in compatibility.rules.items():
        if rules:
            yield f"Counted as {level} here: {words.joined([element(rule) for rule in rules], limit=20)}."
    yield from _signing(contract, contract.signoff)


def _signing(contract: Contract, signoff: Signoff) -> Iterator[str]:
    signers = words.joined([_signer(each, contract) for each in signoff.breaking])
    yield f"A breaking change of what is guaranteed is signed by {signers or 'nobody'}."
    yield f"A change that cannot be judged is signed by {_signer('decision_owner', contract)}."
    if signoff.quorum > 1:
        yield f"The decision owner signs with {words.count(signoff.quorum, 'person', 'people')}."
    if signoff.critical_quorum is not None:
        people = words.count(signoff.critical_quorum, "person", "people")
        yield f"Where a consumer of high criticality is affected, the decision owner signs with {people}."
    may = "may sign it themselves" if signoff.author_may_approve else "may not sign it, in no capacity"
    yield f"Whoever made the change {may}."
    yield f"A signature is good for {span(signoff.approval_ttl)}."
    if signoff.ack_required:
        yield "Where only an acknowledgement is asked for, the change waits for it."
    yield f"If a consumer has not answered within {span(signoff.respond_within)}, {_SILENCE[signoff.on_silence]}."


def _signer(signatory: Signatory, contract: Contract) -> str:
    match signatory:
        case "decision_owner":
            return f"the decision owner ({handle(contract.decision_owner)})"
        case "affected_consumers":
            return "the owner of every affected consumer"
        case "any_affected_consumer":
            return "the owner of one affected consumer"
        case "verification_owner":
            return f"the verification owner ({handle(contract.verification_owner)})"
