"""Logs as one JSON object a line, in which no secret appears."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson

REDACTED = "[redacted]"
SHORTEST_SECRET = 4

_CREDENTIALS = re.compile(
    r"gh[a-z]_[A-Za-z0-9_]{16,}"  # GitHub's tokens: installation, user, refresh, personal
    r"|github_pat_[A-Za-z0-9_]{16,}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"  # signed JSON web tokens
    r"|(?i:bearer|token) [A-Za-z0-9._~+/=-]{16,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """time, level, logger, message, whatever `extra` was given, and the traceback as `error`."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        super().__init__()
        # The longest first, so that a secret that contains another one is taken out whole.
        self._secrets = sorted((s for s in secrets if len(s) >= SHORTEST_SECRET), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _OWN_FIELDS}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return orjson.dumps(self._clean(line), default=lambda value: self.redact(repr(value))).decode()

    def redact(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        # What UTF-8 cannot say (half of a surrogate pair) must not cost the line.
        return _CREDENTIALS.sub(REDACTED, text).encode("utf-8", "backslashreplace").decode()

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, dict):
            return {self.redact(str(key)): self._clean(item) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._clean(item) for item in value]
        if value is None or isinstance(value, bool | float):
            return value
        if isinstance(value, int) and abs(value) < 1 << 63:
            return value
        return self.redact(repr(value))


def log_to(stream: TextIO | None, level: str, secrets: Collection[str]) -> None:
    """Send everything that is logged to `stream` (standard output by default) as JSON lines. Replaces what was set."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonLines(secrets))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
