"""`countersign doctor`: does an App with these settings work, and would its check hold anything?

Asks GitHub and the database what can be asked without changing anything (the database is opened as `serve` opens it,
so that it is created or migrated if need be), and says of each thing how it is and what to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from bot.engine.doctor_graph import examine_graph
from bot.engine.doctor_repository import examine_repository
from bot.engine.lanes import utc_now
from bot.github.app import GitHubApp
from bot.github.client import Client
from bot.github.credentials import AppAuthorization, AppKey
from bot.github.errors import GitHubError, InstallationGone, InstallationSuspended, NotFound, Unauthorized
from bot.github.http import USER_AGENT, Host
from bot.github.patience import Patience
from bot.github.permissions import EVENTS, PERMISSIONS
from bot.github.transport import AnswerLost, NotSent, Transport
from bot.judge.catalogue import Catalogue
from bot.report import words
from bot.report.doctor import Health, Observation
from bot.settings import Settings
from bot.store import Store
from bot.store.database import DatabaseUnusable
from bot.store.migrations import NewerSchema

_DRIFT = timedelta(seconds=30)
"""GitHub takes signatures from a clock that is off by less than a minute; half of it is worth a word."""
_FEW = 0.1
_DELIVERIES = 50
_INSTALLATIONS_NAMED = 5
_STRENGTH = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class Practice:
    """What the doctor looks with: a transport, the app, and a client that speaks as the app itself."""

    settings: Settings
    transport: Transport
    app: GitHubApp
    itself: Client
    now: Callable[[], datetime]


async def examine(
    settings: Settings,
    catalogue: Catalogue,
    repository: str | None = None,
    *,
    now: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> tuple[Observation, ...]:
    """Everything that was looked at, in the order of dependence: what comes after a problem may only follow from it."""
    found = list(await _database(settings, repository))
    async with _practice(settings, now, sleep) as practice:
        found += await _clock(practice)
        if found[-1].health is Health.PROBLEM:
            return tuple(found)
        described, seen = await _app(practice)
        found += seen
        if described is None:
            return tuple(found)
        found += _granted("App", described.get("permissions") or {}, described.get("events") or ())
        found += await _webhook(practice)
        installations, seen = await _installations(practice)
        found += seen
        if repository is None:
            found += await _limits(practice, installations)
            return tuple(found)
        try:
            installation = await practice.app.installation_of(repository)
        except InstallationGone:
            instead = "Install the App there: App settings → Install App; or check the spelling: OWNER/NAME."
            return (
                *found,
                Observation(repository, Health.PROBLEM, f"The App is not installed on {repository}.", instead),
            )
        except GitHubError as error:
            return (*found, _unanswered(repository, error))
        found += await _limits(practice, [one for one in installations if one["id"] == installation])
        client = practice.app.installation(installation)
        try:
            found += await examine_repository(client, repository, settings.app_id, catalogue)
        except GitHubError as error:
            found.append(_unanswered(repository, error))
    return tuple(found)


@asynccontextmanager
async def _practice(
    settings: Settings, now: Callable[[], datetime], sleep: Callable[[float], Awaitable[None]]
) -> AsyncIterator[Practice]:
    """Impatient: somebody sits before it."""
    key = AppKey(settings.app_id, settings.private_key.reveal(), now)
    patience = Patience(attempts=3, longest_wait=0)
    async with Transport.open(Host(settings.github_url)) as transport:
        app = GitHubApp(transport, key, now=now, sleep=sleep, patience=patience)
        itself = Client(transport, AppAuthorization(key), now=now, sleep=sleep, patience=patience)
        yield Practice(settings, transport, app, itself, now)


async def _database(settings: Settings, repository: str | None) -> Sequence[Observation]:
    topic, path = "Database", settings.database
    try:
        async with await Store.open(path) as store:
            await store.ping()
            health = await store.verify_ledger()
            graph = await examine_graph(store, repository)
    except (DatabaseUnusable, NewerSchema, SQLAlchemyError) as error:
        instead = "Give the bot a folder that it may write to (COUNTERSIGN_DATA), or restore a copy."
        return [Observation(topic, Health.PROBLEM, f"{path} cannot be used: {error}.", instead)]
    writable = Observation(topic, Health.OK, f"{path} can be written.")
    if health.broken_at is not None:
        instead = "Keep the file and compare it with the backups: the ledger was edited from outside of the bot."
        broken = f"The ledger does not verify: {health.reason}."
        return [writable, Observation(topic, Health.PROBLEM, broken, instead), *graph]
    verified = Observation(topic, Health.OK, f"The ledger verifies ({words.count(health.rows, 'row')}).")
    return [writable, verified, *graph]


async def _clock(practice: Practice) -> Sequence[Observation]:
    """Whether GitHub answers at all, and what time it has. GET /rate_limit costs nothing and needs no credentials."""
    url = f"{practice.transport.host.api_url}/rate_limit"
    try:
        answer = await practice.transport.send("GET", url, {"user-agent": USER_AGENT, "accept": "application/json"})
    except (NotSent, AnswerLost, GitHubError) as error:
        instead = "Check COUNTERSIGN_GITHUB_URL, and that this machine may connect to it (proxy, firewall, DNS)."
        return [Observation("GitHub", Health.PROBLEM, f"{url} does not answer: {error}.", instead)]
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return [Observation("GitHub", Health.WARNING, f"{url} answers, but tells no time.")]
    ahead = practice.now() - theirs
    if abs(ahead) <= _DRIFT:
        return [Observation("GitHub", Health.OK, f"{practice.transport.host.api_url} answers, and the clocks agree.")]
    direction = "ahead of" if ahead > timedelta() else "behind"
    message = f"This machine's clock is {abs(ahead).total_seconds():,.0f} seconds {direction} GitHub's."
    instead = "Have the clock set by NTP: GitHub refuses signatures from a wrong one, and deadlines are reckoned by it."
    return [Observation("GitHub", Health.WARNING, message, instead)]


async def _app(practice: Practice) -> tuple[Mapping[str, Any] | None, Sequence[Observation]]:
    topic, id = "App", practice.settings.app_id
    try:
        described = await practice.app.description()
    except NotFound:
        instead = "Set COUNTERSIGN_APP_ID to the number on the App's settings page."
        return None, [Observation(topic, Health.PROBLEM, f"GitHub knows no App {id}.", instead)]
    except Unauthorized as error:
        instead = "Generate a private key on the App's settings page and set COUNTERSIGN_PRIVATE_KEY to it."
        message = f"GitHub does not accept the private key for App {id}: {error.message}."
        return None, [Observation(topic, Health.PROBLEM, message, instead)]
    except GitHubError as error:
        return None, [_unanswered(topic, error)]
    return described, [Observation(topic, Health.OK, f"GitHub knows the App as `{described['slug']}` (id {id}).")]


def _granted(topic: str, permissions: Mapping[str, str], events: Sequence[str]) -> Sequence[Observation]:
    """What the App asks for beside what the code uses."""
    found = []
    missing = [f"{name}: {level}" for name, level in PERMISSIONS.items() if not _holds(permissions, name, level)]
    if missing:
        instead = "Grant it under App settings → Permissions & events; each installation then has to accept it."
        message = f"Without permission: {words.joined(missing, limit=9)}."
        found.append(Observation(topic, Health.PROBLEM, message, instead))
    unheard = sorted(EVENTS - set(events))
    if unheard:
        instead = "Subscribe to it under App settings → Permissions & events."
        message = f"Not subscribed to: {words.joined(unheard, limit=9)}."
        found.append(Observation(topic, Health.PROBLEM, message, instead))
    unused = sorted(name for name, level in permissions.items() if not _holds(PERMISSIONS, name, level))
    if unused:
        instead = "Take it back: nothing here uses it, and a stolen token would have it."
        message = f"More permission than is used: {words.joined(unused, limit=9)}."
        found.append(Observation(topic, Health.WARNING, message, instead))
    return found or [Observation(topic, Health.OK, "Permissions and events are those that the bot uses.")]


def _holds(granted: Mapping[str, str], name: str, level: str) -> bool:
    return _STRENGTH.get(granted.get(name, ""), 0) >= _STRENGTH.get(level, 0)


async def _webhook(practice: Practice) -> Sequence[Observation]:
    topic = "Webhook"
    try:
        config = await practice.itself.getitem("/app/hook/config")
        found = list(_hook_config(config))
        if config.get("url"):
            path = f"/app/hook/deliveries?per_page={_DELIVERIES}"
            found += _deliveries(await practice.itself.getitem(path))
    except GitHubError as error:
        return [_unanswered(topic, error)]
    return found


def _hook_config(config: Mapping[str, Any]) -> Sequence[Observation]:
    topic, url = "Webhook", str(config.get("url") or "")
    if not url:
        instead = "Set it under App settings → Webhook: https://YOUR-HOST/webhook, active."
        return [
            Observation(
                topic, Health.PROBLEM, "The App has no webhook address, so nothing is ever told to us.", instead
            )
        ]
    found = []
    parts = urlsplit(url)
    if parts.path.rstrip("/") != "/webhook":
        message = (
            f"Webhooks go to the path `{parts.path or '/'}` of {parts.hostname}; the bot takes them at `/webhook`."
        )
        instead = "Fine if a proxy before the bot turns the one into the other."
        found.append(Observation(topic, Health.WARNING, message, instead))
    if parts.scheme != "https":
        instead = "Use https: what is sent names people and changes of private repositories."
        found.append(Observation(topic, Health.WARNING, f"Webhooks go to {parts.hostname} without TLS.", instead))
    elif str(config.get("insecure_ssl", "0")) != "0":
        instead = "Enable SSL verification under App settings → Webhook."
        found.append(Observation(topic, Health.WARNING, "GitHub does not verify the certificate of our host.", instead))
    if not config.get("secret"):
        message = "The App has no webhook secret: its webhooks come unsigned, and the bot refuses them."
        instead = "Set it under App settings → Webhook to the value of COUNTERSIGN_WEBHOOK_SECRET."
        found.append(Observation(topic, Health.PROBLEM, message, instead))
    if config.get("content_type") == "form":
        message = "Webhooks come as forms, which the bot refuses."
        instead = "Choose `application/json` as the content type under App settings → Webhook."
        found.append(Observation(topic, Health.PROBLEM, message, instead))
    return found or [Observation(topic, Health.OK, f"Webhooks go to {parts.hostname}, signed.")]


def _deliveries(deliveries: Sequence[Mapping[str, Any]]) -> Sequence[Observation]:
    """GitHub lists the newest first. Whether our secret is the App's can only be told from what became of them."""
    topic = "Webhook"
    if not deliveries:
        instead = "Comment /recheck on a pull request, then look again: one delivery is worth more than every setting."
        return [Observation(topic, Health.WARNING, "GitHub has delivered nothing lately.", instead)]
    taken = {one.get("guid") for one in deliveries if _was_taken(one)}
    lost = [one for one in deliveries if one.get("guid") not in taken]
    newest = deliveries[0]
    at = newest.get("delivered_at")
    if newest in lost:
        code = int(newest.get("status_code") or 0)
        message = (
            f"The newest delivery ({newest.get('event')}, {newest.get('delivered_at')}) failed: {_answer(newest)}."
        )
        return [Observation(topic, Health.PROBLEM, message, _remedy(code))]
    if lost:
        message = f"{words.count(len(lost), 'delivery', 'deliveries')} of the last {len(deliveries)} failed: "
        message += f"{_answer(lost[0])} at {lost[0].get('delivered_at')}. The newest was taken."
        instead = "GitHub does not repeat them: redeliver under App settings → Advanced, or comment /recheck."
        return [Observation(topic, Health.WARNING, message, instead)]
    counted = words.count(len(deliveries), "delivery", "deliveries")
    return [Observation(topic, Health.OK, f"GitHub's last {counted} arrived, the newest at {at}.")]


def _was_taken(delivery: Mapping[str, Any]) -> bool:
    return 200 <= int(delivery.get("status_code") or 0) < 300


def _answer(delivery: Mapping[str, Any]) -> str:
    code = int(delivery.get("status_code") or 0)
    return f"{code} {delivery.get('status') or ''}".strip() if code else str(delivery.get("status") or "no answer")


def _remedy(code: int) -> str:
    if code == 401:
        return "COUNTERSIGN_WEBHOOK_SECRET is not the App's webhook secret: set both to the same value."
    if code in (404, 405):
        return "The address leads elsewhere: set the App's webhook to https://YOUR-HOST/webhook."
    if 400 <= code < 500:
        return "Something before the bot refuses it: look into the proxy's log and the bot's."
    return "Check that the bot runs, and that GitHub can reach it from the internet (DNS, TLS, firewall, proxy)."


async def _installations(practice: Practice) -> tuple[Sequence[Mapping[str, Any]], Sequence[Observation]]:
    topic = "Installations"
    try:
        listed = [one async for one in practice.itself.getiter("/app/installations?per_page=100")]
    except GitHubError as error:
        return (), [_unanswered(topic, error)]
    if not listed:
        instead = "Install it: App settings → Install App."
        return (), [Observation(topic, Health.PROBLEM, "The App is installed nowhere.", instead)]
    active = [one for one in listed if not one.get("suspended_at")]
    suspended = [_account(one) for one in listed if one.get("suspended_at")]
    found = []
    if active:
        named = words.joined([_account(one) for one in active], limit=_INSTALLATIONS_NAMED)
        found.append(Observation(topic, Health.OK, f"Installed for {named}."))
    if suspended:
        health = Health.WARNING if active else Health.PROBLEM
        message = f"Suspended for {words.joined(suspended, limit=_INSTALLATIONS_NAMED)}: nothing can be done there."
        instead = "An owner lifts it under Organisation settings → GitHub Apps."
        found.append(Observation(topic, health, message, instead))
    for one in active:
        granted = one.get("permissions") or {}
        missing = [f"{name}: {level}" for name, level in PERMISSIONS.items() if not _holds(granted, name, level)]
        if missing:
            message = f"{_account(one)} has not granted {words.joined(missing, limit=9)}."
            instead = "An owner accepts the App's new permissions under Organisation settings → GitHub Apps."
            found.append(Observation(topic, Health.PROBLEM, message, instead))
    return active, found


def _account(installation: Mapping[str, Any]) -> str:
    account = installation.get("account") or {}
    return str(account.get("login") or account.get("slug") or installation.get("id"))


async def _limits(practice: Practice, installations: Sequence[Mapping[str, Any]]) -> Sequence[Observation]:
    """Of one installation: each has a limit of its own, and asking is free."""
    if not installations:
        return ()
    topic, account = "Rate limit", _account(installations[0])
    client = practice.app.installation(int(installations[0]["id"]))
    try:
        answer = await client.getitem("/rate_limit")
    except NotFound:
        return [Observation(topic, Health.OK, "This GitHub has no rate limits.")]
    except InstallationSuspended:
        return ()
    except GitHubError as error:
        return [_unanswered(topic, error)]
    resources = answer.get("resources") or {}
    left = {name: resources[name] for name in ("core", "graphql") if isinstance(resources.get(name), dict)}
    shown = words.joined([f"{one['remaining']:,} of {one['limit']:,} {name}" for name, one in left.items()])
    scarce = [one for one in left.values() if one["remaining"] < _FEW * one["limit"]]
    if not scarce:
        return [Observation(topic, Health.OK, f"{account} has {shown} calls left this hour.")]
    instead = "It comes back within the hour. If it happens often, look which pull requests cost so much (/metrics)."
    return [Observation(topic, Health.WARNING, f"{account} has only {shown} calls left this hour.", instead)]


def _unanswered(topic: str, error: GitHubError) -> Observation:
    return Observation(topic, Health.PROBLEM, f"GitHub did not answer: {error}.", "Look again in some minutes.")
