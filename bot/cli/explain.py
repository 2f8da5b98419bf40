"""`countersign explain`: why a pull request stands as it does."""

from __future__ import annotations

import argparse
import os
import re
from typing import TYPE_CHECKING

from bot.cli.command import CLEAR, NOT_JUDGED, TO_SIGN, Refused, show

if TYPE_CHECKING:
    from bot.cli.command import Commands

_SERVER = "COUNTERSIGN_SERVER"
_NAME = r"(?P<owner>[A-Za-z0-9-]+)/(?P<name>[A-Za-z0-9._-]+)"
_NAMED = (
    re.compile(rf"https?://[^/\s]+/{_NAME}/pull/(?P<number>[1-9]\d{{0,8}})(/[^\s]*)?([?#]\S*)?"),
    re.compile(rf"{_NAME}#(?P<number>[1-9]\d{{0,8}})"),
)


def add(commands: Commands) -> None:
    parser = commands.add_parser("explain", help="why does a pull request stand as it does?")
    parser.add_argument("pull_request", metavar="URL", help="its address at GitHub, or OWNER/NAME#NUMBER")
    parser.add_argument(
        "--server", metavar="URL", help=f"the running server (default: {_SERVER}); needs a GitHub token of yours"
    )
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.set_defaults(command=_explain)


def _explain(options: argparse.Namespace) -> int:
    """Exit codes: those of `check`."""
    import asyncio

    from bot.cli.asking import token
    from bot.cli.remote import NotAnswered, ask
    from bot.report.explained import NotUnderstood, from_plain

    path = f"pulls/{_named(options.pull_request)}"
    server = options.server or os.environ.get(_SERVER)
    if not server:
        raise Refused(f"say which server to ask: --server URL, or {_SERVER}")
    try:
        plain = asyncio.run(ask(server, path, {}, token()))
        told = from_plain(plain)
    except (NotAnswered, NotUnderstood) as error:
        raise Refused(str(error)) from None
    if options.format == "json":
        import json

        print(json.dumps(plain, indent=2))
    else:
        from bot.report.explained_text import explained

        show(explained(told))
    if told.closed is not None:
        return TO_SIGN if told.closed.bypass else CLEAR
    if told.verdict == "failed":
        return NOT_JUDGED
    return TO_SIGN if told.check.conclusion == "failure" else CLEAR


def _named(text: str) -> str:
    """`OWNER/NAME/NUMBER`. Raises Refused."""
    for pattern in _NAMED:
        if found := pattern.fullmatch(text.strip()):
            return f"{found['owner']}/{found['name']}/{found['number']}"
    raise Refused(
        f"`{text}` names no pull request: write the address of a pull request, "
        "such as https://github.com/acme/orders/pull/12, or acme/orders#12"
    )
