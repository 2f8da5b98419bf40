"""The box at the foot of a conversation: checks, and may it be merged?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.github_standin.pages.parts import mark, person, text
from tests.github_standin.world.merging import SATISFYING

if TYPE_CHECKING:
    from tests.github_standin.world.checks import CheckRun
    from tests.github_standin.world.pulls import PullRequest
    from tests.github_standin.world.repositories import RequiredCheck


def merge_box(pull: PullRequest) -> str:
    if pull.merged_at:
        done = f"<b>Pull request successfully merged and closed</b> by {person(pull.merged_by)}"
        return f'<div class="merge"><div>{mark("success")} {done}</div></div>'
    if pull.state != "open":
        return '<div class="merge"><div><b>Closed with unmerged commits</b></div></div>'
    blockers = pull.merge_blockers()
    runs = latest_runs(pull)
    required = [check for check in pull.repository.required_checks if check.branch == pull.base_branch]
    rows = "".join(_row(pull, run, any(_answers(run, check) for check in required)) for run in runs)
    rows += "".join(_missing(check) for check in required if not any(_answers(run, check) for run in runs))
    checks = f"<div><b>{_summary(runs)}</b>{rows}</div>" if rows else ""
    if not blockers:
        return (
            f'<div class="merge good">{checks}<div>{mark("success")} <b>Ready to merge</b><br>'
            '<span class="pale">No conflicts with the base branch, and every required check has passed.</span></div>'
            '<div><span class="button">Merge pull request</span></div></div>'
        )
    reasons = "".join(f"<li>{_code(reason)}</li>" for reason in blockers)
    return (
        f'<div class="merge bad">{checks}<div>{mark("failure")} <b>Merging is blocked</b><ul>{reasons}</ul></div>'
        '<div><span class="button off">Merge pull request</span></div></div>'
    )


def latest_runs(pull: PullRequest) -> list[CheckRun]:
    """The newest run of each app and name on the head."""
    runs = [run for run in pull.repository.check_runs if run.head_sha == pull.head_sha]
    return list({(run.app.id, run.name): run for run in runs}.values())


def _answers(run: CheckRun, check: RequiredCheck) -> bool:
    return run.name == check.context and check.app_id in (None, run.app.id)


def _summary(runs: list[CheckRun]) -> str:
    states = [run.conclusion or run.status for run in runs]
    if any(state in ("failure", "timed_out", "action_required", "cancelled") for state in states):
        return "Some checks were not successful"
    if states and all(state in SATISFYING for state in states):
        return "All checks have passed"
    return "Some checks haven’t completed yet"


def _row(pull: PullRequest, run: CheckRun, required: bool) -> str:
    state = run.conclusion or run.status
    address = f"/{pull.repository.full_name}/pull/{pull.number}/checks#run-{run.id}"
    title = f' <span class="pale">— {text(run.title)}</span>' if run.title else ""
    tag = '<span class="required">Required</span>' if required else ""
    return (
        f'<div class="check">{mark(state)}<span><a href="{text(address)}"><b>{text(run.name)}</b></a>'
        f' <span class="pale">({text(run.app.name)})</span>{title}</span>{tag}</div>'
    )


def _missing(check: RequiredCheck) -> str:
    return (
        f'<div class="check">{mark("expected")}<span><b>{text(check.context)}</b>'
        ' <span class="pale">— Expected: waiting for status to be reported</span></span>'
        '<span class="required">Required</span></div>'
    )


def _code(sentence: str) -> str:
    """`check` in code."""
    parts = [text(part) for part in sentence.split("`")]
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))
