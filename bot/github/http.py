"""Addresses of a GitHub (github.com or an Enterprise Server), and one answer of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson

USER_AGENT = "countersign-bot"
API_VERSION = "2022-11-28"
"""The REST version that is asked for by name, so that a newer default changes nothing (docs: "API Versions")."""


@dataclass(frozen=True, slots=True)
class Host:
    """Where one GitHub answers.

    github.com: REST at https://api.github.com, GraphQL at https://api.github.com/graphql. Enterprise Server: REST at
    https://HOST/api/v3, GraphQL at https://HOST/api/graphql (docs: "Using the REST API with GitHub Enterprise Server").
    """

    api_url: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.api_url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise ValueError(f"`{self.api_url}` is not the address of an API: write one like https://api.github.com")
        object.__setattr__(self, "api_url", self.api_url.rstrip("/"))

    @property
    def graphql_url(self) -> str:
        return self.api_url.removesuffix("/v3") + "/graphql"

    @property
    def pages_url(self) -> str:
        """Where people look: https://github.com, or https://HOST for an Enterprise Server."""
        parts = urlsplit(self.api_url)
        return f"{parts.scheme}://{parts.netloc.removeprefix('api.')}"

    def owns(self, url: str) -> bool:
        """Whether a token may be sent to `url`: same scheme, host and port as the configured address."""
        ours, theirs = urlsplit(self.api_url), urlsplit(url)
        return (ours.scheme, ours.netloc.lower()) == (theirs.scheme, theirs.netloc.lower())

    def absolute(self, location: str, seen_from: str) -> str:
        """A `Location` header as a whole address."""
        return urljoin(seen_from, location)

    def path(self, url: str) -> str:
        """`url` without host and query, for messages: a query may hold what is nobody's business."""
        return urlsplit(url).path


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (names in lower case) and whole body of one HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def request_id(self) -> str | None:
        return self.headers.get("x-github-request-id")

    def json_object(self) -> dict[str, Any]:
        """The body as an object; empty when it is anything else (an HTML page, nothing, a list)."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def is_whole_json(self) -> bool:
        """False for an HTML page that was sent with status 200, and for JSON that breaks off in the middle."""
        content_type = self.headers.get("content-type", "")
        if content_type.partition(";")[0].strip() != "application/json":
            return False
        try:
            orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return self._is_json_to_the_letter()
        return True

    def _is_json_to_the_letter(self) -> bool:
        """orjson refuses half surrogate pairs (`\\ud83d`), which GitHub passes on from people's texts."""
        try:
            json.loads(self.body)
        except (ValueError, RecursionError):
            return False
        return True
