"""The verification plan: which test holds which promise, and who keeps it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.registry.model import Contract
from bot.report import words
from bot.report.artefacts.definition import promise_of
from bot.report.artefacts.markdown import bullets, element, handle, table


def verification(contract: Contract) -> Iterator[str]:
    yield "## Verification plan"
    yield ""
    promised = [behaviour for behaviour in contract.behaviours if behaviour.level == "guaranteed"]
    held = sum(bool(behaviour.verified_by) for behaviour in promised)
    yield "The shape of the contract is verified by comparing it in every pull request."
    yield ""
    if promised:
        all_of_them = words.count(len(promised), "guaranteed behaviour")
        yield f"Of {all_of_them}, {held:,} {'is' if held == 1 else 'are'} verified."
        yield ""
        rows = (
            (
                element(behaviour.id),
                promise_of(behaviour),
                "<br>".join(element(test) for test in behaviour.verified_by) or "**none: promised, not verified**",
                handle(contract.verification_owner),
            )
            for behaviour in promised
        )
        yield from table(("Promise", "In words", "Tests", "Owner"), rows)
    else:
        yield "No behaviour is guaranteed, so there is nothing else to verify."
    if contract.verification.required_checks:
        yield ""
        yield "Checks that have to pass on the head of every change:"
        yield ""
        yield from bullets(element(check) for check in contract.verification.required_checks)
