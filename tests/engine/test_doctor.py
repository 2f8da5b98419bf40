"""The doctor, on the stand-in: a healthy App, and each thing that can ail one."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from rich.console import Console

from bot.cli import main
from bot.engine.doctor import examine
from bot.github.permissions import EVENTS, PERMISSIONS
from bot.judge.catalogue import shipped
from bot.report import doctor
from bot.report.doctor import Health, Observation
from bot.settings import Secret, Settings
from bot.store import Entry, Store
from tests.github_standin import App, GitHub, Installation, Organisation, Repository
from tests.github_standin.world.apps import key_of
from tests.published.packages import NotFetched
from tests.published.witness import Witness

START = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
MISTAKEN = "answer 200 of GET /app/installations: body/0/account: "
"""GitHub's description calls this account a user and an enterprise at the same time."""
SECRET = "the webhook secret of the doctor's patient"
REGISTRY = """\
apiVersion: contracts.review/v1
kind: ContractRegistry
contracts:
  - id: orders-api
    type: openapi
    files: [api/openapi.yaml]
    owner: "@acme/orders"
    decision_owner: "@dana"
    verification_owner: "@acme/orders"
consumers:
  - id: checkout
    owner: "@acme/checkout"
    uses:
      - {contract: orders-api}
"""
FILES = {".github/contracts.yml": REGISTRY, "api/openapi.yaml": "openapi: 3.0.3\n"}


@dataclass
class Patient:
    github: GitHub
    acme: Organisation
    repo: Repository
    app: App
    installation: Installation
    settings: Settings
    answers: list[int] = field(default_factory=list)

    async def observe(self, repository: str | None = "acme/orders", ahead: float = 0) -> list[Observation]:
        async def sleep(seconds: float) -> None:
            self.github.clock.advance(seconds)

        def now() -> datetime:
            # Real time, which is what the stand-in's web server writes into `Date`.
            return datetime.now(UTC) + timedelta(seconds=ahead)

        return list(await examine(self.settings, shipped(), repository, now=now, sleep=sleep))

    async def complaints(self, repository: str | None = "acme/orders", ahead: float = 0) -> list[tuple[Health, str]]:
        observed = await self.observe(repository, ahead)
        assert all(one.instead for one in observed if one.health is not Health.OK)
        return [(one.health, one.message) for one in observed if one.health is not Health.OK]

    async def deliver(self, *answers: int) -> None:
        """A webhook for each; the bot's host answers with this status."""
        for status in answers:
            self.answers.append(status)
            self.repo.open_issue(self.acme.owners[0], "An issue")
            await self.github.settled()


@pytest.fixture
def witness() -> Iterator[Witness]:
    watching = Witness()
    yield watching
    with suppress(NotFetched):
        assert [found for found in watching.violations() if not found.startswith(MISTAKEN)] == []


@pytest.fixture
async def patient(tmp_path: Path, witness: Witness) -> AsyncIterator[Patient]:
    answers: list[int] = []

    async def take(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=answers.pop(0) if answers else 202)

    receiver = web.Application()
    receiver.router.add_post("/webhook", take)
    runner = web.AppRunner(receiver)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with GitHub() as github:
        github.observers.append(witness.see)
        acme = github.organisation("acme")
        acme.owner(github.user("ada"))
        acme.member(github.user("olga"), github.user("chris"))
        repo = acme.repository("orders", FILES)
        repo.grant(acme.team("orders", [github.user("olga")]), "push")
        repo.grant(acme.team("checkout", [github.user("chris")]), "pull")
        repo.grant(github.user("dana"), "pull")
        hook = f"http://127.0.0.1:{runner.addresses[0][1]}/webhook"
        events = sorted({*EVENTS, "issues"})
        app = github.app("Countersign", dict(PERMISSIONS), events, hook, SECRET)
        installation = app.install(acme)
        repo.require_check("countersign", app)
        await github.settled()
        settings = Settings.from_environ(
            {
                "COUNTERSIGN_APP_ID": str(app.id),
                "COUNTERSIGN_PRIVATE_KEY": app.private_key_pem,
                "COUNTERSIGN_WEBHOOK_SECRET": SECRET,
                "COUNTERSIGN_GITHUB_URL": github.api_url,
                "COUNTERSIGN_DATA": str(tmp_path),
            }
        )
        yield Patient(github, acme, repo, app, installation, settings, answers)
    await runner.cleanup()


PLAIN_HTTP = (Health.WARNING, "Webhooks go to 127.0.0.1 without TLS.")
"""What the stand-in's own address always gets."""


async def test_a_healthy_app_gets_no_complaint(patient: Patient) -> None:
    assert await patient.complaints() == [PLAIN_HTTP]
    said = {one.message for one in await patient.observe()}
    assert "The check `countersign` is required on `main`, from this App." in said
    assert "Permissions and events are those that the bot uses." in said
    assert "Installed for acme." in said
    assert ".github/contracts.yml on `main` can be read: 1 contract." in said
    assert "Everybody whom the registry names (3 handles) is known and has access." in said


async def test_without_a_repository_only_the_app_is_looked_at(patient: Patient) -> None:
    topics = {one.topic for one in await patient.observe(None)}
    assert topics == {"Database", "GitHub", "App", "Webhook", "Installations", "Rate limit"}


async def test_nothing_is_written_at_github(patient: Patient) -> None:
    await patient.observe()
    assert [r for r in patient.github.requests if r.writes] == []


# The App


async def test_a_wrong_key_and_a_wrong_id_are_told_apart(patient: Patient) -> None:
    other = key_of(99)
    right = patient.settings
    patient.app.key, kept = other, patient.app.key
    ((health, message),) = await patient.complaints()
    assert health is Health.PROBLEM and "does not accept the private key" in message
    patient.app.key, patient.settings = kept, replace(right, app_id=987_654)
    assert await patient.complaints() == [(Health.PROBLEM, "GitHub knows no App 987654.")]


async def test_missing_and_superfluous_permissions_are_named(patient: Patient) -> None:
    del patient.app.permissions["members"]
    patient.app.permissions |= {"checks": "read", "actions": "write"}
    patient.app.events = ("pull_request",)
    found = await patient.complaints(None)
    assert (Health.PROBLEM, "Without permission: checks: write and members: read.") in found
    assert (Health.WARNING, "More permission than is used: actions.") in found
    assert any(message.startswith("Not subscribed to: check_run, check_suite") for _, message in found)


async def test_an_installation_that_has_not_accepted_a_permission_is_named(patient: Patient) -> None:
    patient.installation.permissions["checks"] = "read"
    assert (Health.PROBLEM, "acme has not granted checks: write.") in await patient.complaints(None)


async def test_a_suspended_installation_is_named(patient: Patient) -> None:
    patient.installation.suspend()
    found = await patient.complaints(None)
    assert (Health.PROBLEM, "Suspended for acme: nothing can be done there.") in found


async def test_a_clock_that_is_wrong_is_said_and_does_not_hide_the_rest(patient: Patient) -> None:
    found = await patient.complaints(ahead=900)
    health, message = found[0]
    assert health is Health.WARNING and message.endswith("seconds ahead of GitHub's.")
    assert found[1:] == [PLAIN_HTTP]


async def test_a_github_that_does_not_answer_ends_the_visit(patient: Patient) -> None:
    patient.settings = replace(patient.settings, github_url="http://127.0.0.1:9")
    ((health, message),) = await patient.complaints()
    assert health is Health.PROBLEM and "http://127.0.0.1:9/rate_limit does not answer" in message


async def test_trouble_at_github_is_a_problem_and_no_crash(patient: Patient) -> None:
    patient.github.fault("GET /app/hook/config", "502", times=9)
    patient.github.fault("GET /repos/acme/orders", "502", times=9)
    found = await patient.complaints()
    assert [message.partition(":")[0] for _, message in found] == ["GitHub did not answer"] * 2


async def test_a_spent_rate_limit_is_said(patient: Patient) -> None:
    patient.github.fault("GET /rate_limit", "primary", times=9, reset_in=600)
    assert any("rate limit" in message for _, message in await patient.complaints(None))


# Webhooks


async def test_deliveries_that_arrived_are_proof(patient: Patient) -> None:
    await patient.deliver(202, 202)
    messages = [one.message for one in await patient.observe(None) if one.topic == "Webhook"]
    assert messages[-1].startswith("GitHub's last ") and "arrived, the newest at 20" in messages[-1]


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(401, "COUNTERSIGN_WEBHOOK_SECRET"), (404, "/webhook"), (413, "proxy's log"), (500, "Check that the bot runs")],
)
async def test_a_newest_delivery_that_failed_is_a_problem_with_its_remedy(
    patient: Patient, status: int, remedy: str
) -> None:
    await patient.deliver(202, status)
    (problem,) = [one for one in await patient.observe(None) if one.health is Health.PROBLEM]
    assert f"failed: {status}" in problem.message
    assert remedy in problem.instead


async def test_a_host_that_cannot_be_reached_is_a_problem(patient: Patient) -> None:
    patient.app.webhook_url = "http://127.0.0.1:9/webhook"
    await patient.deliver(202)
    assert any("failed to connect" in message for _, message in await patient.complaints(None))


async def test_an_older_failure_is_a_warning_until_it_was_redelivered(patient: Patient) -> None:
    await patient.deliver(503, 202)
    lost = next(one for one in patient.github.deliveries if one.status == 503)
    assert any("failed: 503" in message for _, message in await patient.complaints(None))
    patient.github.redeliver(lost)
    await patient.github.settled()
    assert await patient.complaints(None) == [PLAIN_HTTP]


async def test_a_hook_without_address_secret_or_json_is_a_problem(patient: Patient) -> None:
    patient.github.post.log.clear()
    patient.app.webhook_secret = ""
    patient.app.content_type = "form"
    messages = [message for health, message in await patient.complaints(None) if health is Health.PROBLEM]
    assert len(messages) == 2 and "no webhook secret" in messages[0] and "forms" in messages[1]
    patient.app.webhook_url = ""
    assert any("no webhook address" in message for _, message in await patient.complaints(None))


# The check


async def test_a_check_that_is_not_required_holds_nothing(patient: Patient) -> None:
    patient.repo.required_checks.clear()
    found = await patient.complaints()
    assert (Health.PROBLEM, "The check `countersign` is not required on `main`: it holds nothing.") in found


async def test_a_check_that_anybody_can_pass_is_a_problem(patient: Patient) -> None:
    patient.repo.required_checks.clear()
    patient.repo.require_check("countersign")
    found = await patient.complaints()
    assert (Health.PROBLEM, "The check `countersign` is required on `main`, but from anybody.") in found


async def test_a_check_required_from_another_app_is_a_problem(patient: Patient) -> None:
    patient.repo.required_checks.clear()
    patient.repo.require_check("countersign", patient.github.app("Other", {}, []))
    assert any("from another App" in message for _, message in await patient.complaints())


async def test_rules_that_cannot_be_seen_are_said_to_be_so(patient: Patient) -> None:
    patient.repo.required_checks.clear()
    patient.github.fault("GET /repos/acme/orders/rules/*", "403", times=9)
    (found,) = [one for one in await patient.complaints() if "countersign" in one[1]]
    assert found[0] is Health.WARNING
    assert "not visible with these permissions: Resource not accessible by integration" in found[1]


async def test_a_branch_that_waits_for_ever_is_a_problem(patient: Patient) -> None:
    """Its rules require the check, and the registry does not gate it."""
    ada = patient.github.user("ada")
    patient.repo.commit("main", {".github/contracts.yml": f"{REGISTRY}branches: [main]\n"}, author=ada)
    for branch in ("develop", "docs"):
        patient.repo.create_branch(branch, patient.repo.tip("main"), ada)
    patient.repo.require_check("countersign", patient.app, "develop")
    patient.repo.require_check("lint", None, "docs")
    found = [message for health, message in await patient.complaints() if health is Health.PROBLEM]
    assert [message for message in found if "wait for ever" in message] == [
        "`develop` requires the check `countersign`, but `branches:` of the registry does not gate it: pull requests "
        "there get `countersign (report)`, and wait for ever."
    ]


async def test_a_repository_without_the_app_is_a_problem(patient: Patient) -> None:
    found = await patient.complaints("acme/elsewhere")
    assert found[-1] == (Health.PROBLEM, "The App is not installed on acme/elsewhere.")


# The registry


async def test_a_registry_that_cannot_be_read_is_a_problem_with_its_line(patient: Patient) -> None:
    broken = REGISTRY.replace("type: openapi", "type: opanapi")
    patient.repo.commit("main", {".github/contracts.yml": broken}, author=patient.acme.owners[0])
    assert any(
        health is Health.PROBLEM and message.startswith(".github/contracts.yml:5: ")
        for health, message in await patient.complaints()
    )


async def test_a_private_consumer_in_a_public_repository_is_a_problem(patient: Patient) -> None:
    told = REGISTRY.replace("  - id: checkout\n", "  - id: checkout\n    visibility: private\n")
    assert told != REGISTRY
    patient.repo.commit("main", {".github/contracts.yml": told}, author=patient.acme.owners[0])
    for private in (True, False):
        patient.repo.private = private
        named = [message for _, message in await patient.complaints() if "`checkout` is private" in message]
        assert bool(named) is not private


async def test_no_registry_is_a_warning(patient: Patient) -> None:
    patient.repo.commit("main", {".github/contracts.yml": None}, author=patient.acme.owners[0])
    assert any("has no registry" in message for _, message in await patient.complaints())


async def test_unknown_handles_empty_teams_and_people_without_access_are_named(patient: Patient) -> None:
    patient.acme.team("empty", [])
    patient.acme.team("outside", [patient.github.user("otto")])
    text = REGISTRY.replace("@acme/orders", "@acme/odrers").replace("@acme/checkout", "@acme/outside")
    text = text.replace("@dana", "@acme/empty")
    patient.repo.commit("main", {".github/contracts.yml": text}, author=patient.acme.owners[0])
    both = "owner of orders-api and verification owner of orders-api"
    assert [c for c in await patient.complaints() if c != PLAIN_HTTP] == [
        (Health.PROBLEM, "The team @acme/empty has no members (decision owner of orders-api): nobody can sign for it."),
        (Health.PROBLEM, f"GitHub shows no @acme/odrers ({both}): nobody can sign for it."),
        (Health.WARNING, "The team @acme/outside has no access to acme/orders (owner of checkout)."),
    ]


# The database


async def test_an_edited_ledger_is_a_problem(patient: Patient) -> None:
    async with await Store.open(patient.settings.database) as store:
        await store.append([Entry("decision", "acme/orders#1", {"n": n}) for n in range(3)], START)
    with sqlite3.connect(patient.settings.database) as connection:
        connection.execute("DROP TRIGGER ledger_is_never_updated")
        connection.execute("UPDATE ledger SET subject = 'another' WHERE id = 2")
    connection.close()
    found = await patient.complaints(None)
    assert (Health.PROBLEM, "The ledger does not verify: row 2 was changed after it was written.") in found


async def test_a_database_that_cannot_be_written_is_a_problem(patient: Patient, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    patient.settings = replace(patient.settings, database=tmp_path / "file" / "countersign.db")
    assert any("cannot be used" in message for _, message in await patient.complaints(None))


# What is shown

SEEN = [
    Observation("App", Health.OK, "All is well."),
    Observation("Webhook", Health.WARNING, "It is \x1b[31mred.", "Paint it."),
    Observation("Webhook", Health.PROBLEM, "It is gone.", "Find it."),
]


def test_the_exit_code_is_the_worst_of_all() -> None:
    assert [doctor.worst(SEEN[:n]).severity for n in range(4)] == [0, 0, 1, 2]


def test_every_line_says_how_it_is_and_what_to_do() -> None:
    console = Console(width=60, file=io.StringIO())
    with console.capture() as captured:
        console.print(doctor.terminal(SEEN))
    assert captured.get() == (
        "App\n  ✓ All is well.\n\nWebhook\n  ! It is �[31mred.\n    Paint it.\n  ✗ It is gone.\n    Find it.\n\n"
        "1 problem, 1 warning\n"
    )


def test_the_json_is_what_is_documented() -> None:
    shown = json.loads(doctor.json(SEEN))
    assert (shown["version"], shown["health"]) == (1, "problem")
    assert shown["observations"][2] == {
        "topic": "Webhook",
        "health": "problem",
        "message": "It is gone.",
        "instead": "Find it.",
    }
    assert all(key in (doctor.__doc__ or "") for key in (*shown, *shown["observations"][0]))


def test_the_command_refuses_incomplete_settings_and_odd_names(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("COUNTERSIGN_APP_ID", "COUNTERSIGN_WEBHOOK_SECRET"):
        monkeypatch.delenv(name, raising=False)
    assert main(["doctor"]) == 2
    assert "COUNTERSIGN_APP_ID is missing" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["doctor", "--repository", "orders"])
    assert "write OWNER/NAME" in capsys.readouterr().err


async def test_no_secret_is_shown(patient: Patient) -> None:
    patient.settings = replace(patient.settings, private_key=Secret(patient.settings.private_key.reveal()))
    shown = doctor.json(await patient.observe())
    assert SECRET not in shown and "PRIVATE KEY" not in shown and "ghs_" not in shown
