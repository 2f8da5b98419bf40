"""`app.yml` asks for what the code uses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.github.permissions import EVENTS, PERMISSIONS
from bot.report.context import CHECK_NAME

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "app.yml").read_text(encoding="utf-8"))
    return read


def test_permissions_and_events_are_those_that_the_code_uses(manifest: dict[str, Any]) -> None:
    assert manifest["default_permissions"] == PERMISSIONS
    assert set(manifest["default_events"]) == EVENTS


def test_every_permission_and_event_says_what_it_is_for() -> None:
    lines = (ROOT / "app.yml").read_text(encoding="utf-8").splitlines()
    for line, before in zip(lines[1:], lines, strict=False):
        if line.startswith("  ") and line.strip().removeprefix("- ").split(":")[0] in {*PERMISSIONS, *EVENTS}:
            assert before.strip().startswith("#"), line


def test_the_manifest_has_what_the_manifest_flow_needs(manifest: dict[str, Any]) -> None:
    assert manifest["hook_attributes"]["url"].startswith(manifest["url"])
    assert manifest["hook_attributes"]["url"].endswith("/webhook")
    assert manifest["public"] is False
    assert manifest["name"] == CHECK_NAME
