from __future__ import annotations

import io

import pytest
from rich.console import Console, RenderableType

from bot.registry.problem import Problem
from bot.report import terminal
from tests.report.samples import (
    BROKEN_REGISTRY,
    CLEAR,
    EMAIL,
    GALLERY,
    HELD,
    PRIVATE,
    PRIVATE_REGISTRY,
    REFUNDS,
    REGISTRY,
    RELEASED,
)


def shown(report: RenderableType, width: int = 100, colours: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=colours, color_system="truecolor" if colours else None).print(report)
    return out.getvalue()


def test_the_outcome_comes_first_then_who_must_sign_then_the_findings() -> None:
    text = shown(terminal.decision(HELD, REGISTRY))
    assert text.startswith("✗ 2 breaking changes to orders-api\n")
    assert text.index("@acme/api-council") < text.index("'email' is no longer returned")
    assert "A pull request would be held until 3 signatures are given." in text


def test_a_finding_says_where_so_that_it_can_be_clicked() -> None:
    text = shown(terminal.decision(HELD, REGISTRY))
    assert "api/orders/openapi.yaml:58  GET /orders query:currency  optional → required" in text
    assert "api/orders/openapi.yaml:212 (base)" in text
    assert "affects checkout-web, which reads customer.email (pact, seen 18 days ago)" in text
    assert "40 places:" in text


def test_worse_comes_first() -> None:
    text = shown(terminal.decision(HELD, REGISTRY))
    assert text.index("breaking: ") < text.index("risky: ") < text.index("compatible: ")


def test_there_are_no_colours_where_there_is_no_terminal() -> None:
    assert "\x1b[" not in shown(terminal.decision(HELD, REGISTRY))
    assert "\x1b[" in shown(terminal.decision(HELD, REGISTRY), colours=True)


@pytest.mark.parametrize("name", GALLERY)
@pytest.mark.parametrize("width", [40, 80])
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    decision, registry, _ = GALLERY[name]
    lines = shown(terminal.decision(decision, registry), width).splitlines()
    assert max(len(line) for line in lines) <= width


def test_a_contract_cannot_drive_the_terminal() -> None:
    decision, registry, _ = GALLERY["hostile"]
    text = shown(terminal.decision(decision, registry))
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


def test_text_is_not_read_as_markup() -> None:
    problem = Problem("error", "contracts.yml", 3, "[red]x[/red] is not known.", "")
    assert "[red]x[/red] is not known." in shown(terminal.lint([problem]))


def test_released_and_clear_are_said() -> None:
    assert shown(terminal.decision(RELEASED, REGISTRY)).startswith("✓ Countersigned: 2 breaking changes to orders-api")
    assert shown(terminal.decision(CLEAR, REGISTRY)).startswith("✓ Only compatible changes to orders-api")


def test_a_broken_registry_says_where() -> None:
    text = shown(terminal.decision(BROKEN_REGISTRY, None))
    assert text.startswith("✗ The contract registry cannot be read")
    assert ".github/contracts.yml` line 12" in text


def test_private_consumers_stay_unnamed() -> None:
    assert "secret-warehouse" not in shown(terminal.decision(PRIVATE, PRIVATE_REGISTRY))


def test_a_comparison_of_two_files_shows_findings_alone() -> None:
    text = shown(terminal.findings([REFUNDS.impact.finding, EMAIL.impact.finding]))
    assert text.startswith("✗ 1 breaking and 1 compatible change\n")
    assert "affects" not in text
    assert shown(terminal.findings([])) == "✓ No contract change\n"


def test_lint_lists_errors_first_with_file_and_line() -> None:
    text = shown(
        terminal.lint(
            [
                Problem("warning", "a.yml", 1, "No verification owner.", ""),
                Problem("error", "b.yml", 7, "`owner` is missing.", 'Write `owner: "@org/team"`.'),
            ]
        )
    )
    lines = [line.rstrip() for line in text.splitlines()]
    assert lines[0] == "b.yml:7  error  `owner` is missing."
    assert lines[1] == '  Write `owner: "@org/team"`.'
    assert lines[2] == "a.yml:1  warning  No verification owner."
    assert lines[-1] == "1 error, 1 remark"
    assert shown(terminal.lint([])) == "✓ The registry is in order\n"
