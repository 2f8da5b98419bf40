"""Configuration by environment: what there is, what it means, and a refusal that names everything wrong at once."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "COUNTERSIGN_"
LOG_LEVELS = ("debug", "info", "warning", "error")
MORE_SECRETS = tuple(f"COUNTERSIGN_WEBHOOK_SECRET_{n}" for n in range(2, 10))


OF_THE_COMMAND_LINE = ("COUNTERSIGN_SERVER", "COUNTERSIGN_TOKEN")
"""Read by commands that ask a running server; the server itself has no use for them."""


class Secret:
    """A value that does not show itself: not in a repr, a log line, a traceback or an f-string."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class SettingsError(Exception):
    """Settings are missing or wrong. `problems` are sentences, each of which begins with the setting's name."""

    def __init__(self, problems: list[str]) -> None:
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"Countersign cannot start with these settings:\n{lines}")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """What `countersign serve` runs with.

    webhook_secrets: any of them may sign a delivery. database: the SQLite file. compare_seconds, compare_memory:
    what reading and comparing one contract may take (seconds, bytes). lanes: reconciles at a time.
    """

    app_id: int
    private_key: Secret
    webhook_secrets: tuple[Secret, ...]
    github_url: str
    database: Path
    host: str
    port: int
    workers: int
    lanes: int
    compare_seconds: float
    compare_memory: int
    log_level: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that must never be shown, for whoever has to keep it out of a log."""
        return self.private_key.reveal(), *(secret.reveal() for secret in self.webhook_secrets)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings. Raises SettingsError naming every one that is missing, wrong or unknown."""
        problems: list[str] = []
        values = {setting.field: _value(setting, environ, problems) for setting in SETTINGS if setting.field}
        values["private_key"] = _private_key(environ, problems)
        values["webhook_secrets"] = _webhook_secrets(environ, problems)
        values["database"] = _database(environ, problems)
        problems += _unknown(environ)
        if problems:
            raise SettingsError(problems)
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable. `field`: of Settings, when it alone decides it; `read` raises ValueError saying what
    is wanted.
    """

    name: str
    meaning: str
    default: str | None = None
    field: str = ""
    read: Callable[[str], Any] = str
    shown_default: str = ""


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text) or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return read


def _megabytes(text: str) -> int:
    return _whole(256, 65536)(text) << 20


def _seconds(text: str) -> float:
    return float(_whole(1, 600)(text))


def _log_level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
    return text.lower()


def _host(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.:_-]+", text):
        raise ValueError("must be an address to listen on, such as 0.0.0.0 or 127.0.0.1")
    return text


def _github_url(text: str) -> str:
    wanted = "must be the base address of the API, such as https://api.github.com or https://github.example.com/api/v3"
    try:
        url = urlsplit(text)
        loopback = url.hostname in ("localhost", "127.0.0.1", "::1")
        _ = url.port
    except ValueError:
        raise ValueError(wanted) from None
    if url.scheme not in ("https", "http") or not url.hostname or url.query or url.fragment or url.username:
        raise ValueError(wanted)
    if url.scheme == "http" and not loopback:
        raise ValueError("must begin with https:// (tokens are sent there)")
    return text.rstrip("/")


SETTINGS = (
    Setting("COUNTERSIGN_APP_ID", "The GitHub App's id, from its settings page.", None, "app_id", _whole(1, 10**12)),
    Setting(
        "COUNTERSIGN_PRIVATE_KEY",
        "The App's private key in PEM form; line breaks may be written as `\\n`. "
        "Either this or `COUNTERSIGN_PRIVATE_KEY_FILE`.",
    ),
    Setting("COUNTERSIGN_PRIVATE_KEY_FILE", "A file that holds the App's private key in PEM form."),
    Setting("COUNTERSIGN_WEBHOOK_SECRET", "The App's webhook secret, exactly as it was entered at GitHub."),
    Setting(
        "COUNTERSIGN_WEBHOOK_SECRET_2 … _9",
        "Further secrets that are accepted, one in each: while a secret is being changed, the old and the new one. "
        "One variable holds one secret, so a secret may contain any character.",
        "",
    ),
    Setting(
        "COUNTERSIGN_GITHUB_URL",
        "Base address of GitHub's API; for GitHub Enterprise Server `https://HOST/api/v3`.",
        "https://api.github.com",
        "github_url",
        _github_url,
    ),
    Setting("COUNTERSIGN_DATA", "The folder of the database `countersign.db`. It is created when missing.", "data"),
    Setting(
        "DATABASE_URL",
        "Instead of `COUNTERSIGN_DATA`: `sqlite:///` and the path of the database file. "
        "No other kind of database is supported yet.",
        "",
    ),
    Setting("COUNTERSIGN_HOST", "The address to listen on.", "0.0.0.0", "host", _host),  # noqa: S104 (a server)
    Setting("PORT", "The port to listen on; 0 takes a free one.", "8080", "port", _whole(0, 65535)),
    Setting(
        "COUNTERSIGN_WORKERS",
        "Processes that read and compare contracts.",
        str(min(os.cpu_count() or 1, 4)),
        "workers",
        _whole(1, 64),
        "the number of processors, at most 4",
    ),
    Setting("COUNTERSIGN_LANES", "Pull requests that are looked at side by side.", "16", "lanes", _whole(1, 100)),
    Setting(
        "COUNTERSIGN_COMPARE_SECONDS",
        "Seconds that reading and comparing one contract may take.",
        "30",
        "compare_seconds",
        _seconds,
    ),
    Setting(
        "COUNTERSIGN_COMPARE_MEMORY_MB",
        "Megabytes of address space that each of these processes may use.",
        "2048",
        "compare_memory",
        _megabytes,
    ),
    Setting(
        "COUNTERSIGN_LOG_LEVEL",
        f"How much is logged: {', '.join(LOG_LEVELS)}.",
        "info",
        "log_level",
        _log_level,
    ),
)


def settings_table() -> str:
    """Every setting as a Markdown table, for the documentation."""
    rows = ["| Variable | Default | Meaning |", "| --- | --- | --- |"]
    for setting in SETTINGS:
        if setting.default is None:
            default = "– (needed)"
        else:
            default = setting.shown_default or (f"`{setting.default}`" if setting.default else "–")
        if setting.name.startswith("COUNTERSIGN_PRIVATE_KEY"):
            default = "– (one of the two is needed)"
        rows.append(f"| `{setting.name}` | {default} | {setting.meaning} |")
    return "\n".join(rows) + "\n"


def _value(setting: Setting, environ: Mapping[str, str], problems: list[str]) -> Any:
    text = environ.get(setting.name, "").strip()
    if not text:
        if setting.default is None:
            problems.append(f"{setting.name} is missing: {setting.meaning}")
            return None
        text = setting.default
    try:
        return setting.read(text)
    except ValueError as error:
        shown = "" if "@" in text else f", and is {text!r}"  # an address with a name in it may hold a password
        problems.append(f"{setting.name} {error}{shown}")
        return None


def _private_key(environ: Mapping[str, str], problems: list[str]) -> Secret | None:
    inline, file = "COUNTERSIGN_PRIVATE_KEY", "COUNTERSIGN_PRIVATE_KEY_FILE"
    if bool(environ.get(inline)) == bool(environ.get(file)):
        both = environ.get(inline)
        problems.append(f"{inline} and {file} are both set: unset one" if both else f"{inline} or {file} is missing")
        return None
    name = inline
    pem = environ.get(inline, "").replace("\\n", "\n")
    if environ.get(file):
        name = file
        try:
            pem = Path(environ[file]).read_text("ascii")
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not text"
            problems.append(f"{file} cannot be read from {environ[file]!r}: {why}")
            return None
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        problems.append(f"{name} is not an RSA private key in PEM form, as GitHub gives it for download")
        return None
    return Secret(pem)


def _webhook_secrets(environ: Mapping[str, str], problems: list[str]) -> tuple[Secret, ...]:
    first = "COUNTERSIGN_WEBHOOK_SECRET"
    if not environ.get(first):
        problems.append(f"{first} is missing: without it anybody could send events")
    secrets = []
    for name in (first, *MORE_SECRETS):
        value = environ.get(name, "")
        if not value:
            continue
        if value != value.strip():
            problems.append(f"{name} begins or ends with white space, which GitHub's own copy does not have")
        secrets.append(Secret(value))
    return tuple(secrets)


def database_path(environ: Mapping[str, str]) -> Path:
    """The database alone, for commands that need nothing else of the App's settings. Raises SettingsError."""
    problems: list[str] = []
    path = _database(environ, problems)
    if path is None or problems:
        raise SettingsError(problems)
    return path


def _database(environ: Mapping[str, str], problems: list[str]) -> Path | None:
    url = environ.get("DATABASE_URL", "").strip()
    if not url:
        return Path(environ.get("COUNTERSIGN_DATA", "").strip() or "data") / "countersign.db"
    # Only the scheme is repeated: the rest may hold a password.
    scheme = url.partition(":")[0][:20]
    if scheme != "sqlite":
        problems.append(
            f"DATABASE_URL names a database of kind {scheme!r}: only SQLite is supported yet "
            "(unset it and set COUNTERSIGN_DATA, or write sqlite:///path/to/countersign.db)"
        )
        return None
    if environ.get("COUNTERSIGN_DATA"):
        problems.append("DATABASE_URL and COUNTERSIGN_DATA are both set: unset one")
    path = url.removeprefix("sqlite:///")
    if path == url or not path or "?" in path or path == ":memory:":
        problems.append("DATABASE_URL must be sqlite:/// and the path of a file")
        return None
    return Path(path)


def _unknown(environ: Mapping[str, str]) -> list[str]:
    known = [setting.name for setting in SETTINGS] + list(MORE_SECRETS)
    problems = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known and name not in OF_THE_COMMAND_LINE:
            near = difflib.get_close_matches(name, known, n=1)
            problems.append(f"{name} is not a setting" + (f": did you mean {near[0]}?" if near else ""))
    return problems
