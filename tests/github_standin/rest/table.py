"""All of REST."""

from __future__ import annotations

from tests.github_standin.rest import apps, checks, contents, issues, people, pulls, repositories
from tests.github_standin.rest.routing import Routes

ROUTES = Routes()
for _family in (apps, repositories, contents, pulls, checks, issues, people):
    ROUTES.include(_family.routes)
