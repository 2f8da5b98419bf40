"""The pages that people see."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.github_standin.github import GitHub
    from tests.github_standin.rest.calls import Answer


def page(github: GitHub, method: str, path: str, query: dict[str, str]) -> Answer | None:
    return None
