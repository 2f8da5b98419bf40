"""Real contracts of real publishers, two versions of each."""

from __future__ import annotations

from dataclasses import dataclass

from tests.published.packages import Published


@dataclass(frozen=True, slots=True)
class Pair:
    """The same contract in two releases."""

    before: Published
    after: Published


def _pypi(package: str, version: str, path: str, sha256: str) -> Published:
    return Published("pypi", package, version, path, sha256)


def _npm(package: str, version: str, path: str, sha256: str) -> Published:
    return Published("npm", package, version, path, sha256)


_AIRFLOW = "airflow/api_connexion/openapi/v1.yaml"
_GITHUB = "generated/api.github.com.json"

AIRFLOW = Pair(
    _pypi("apache-airflow", "2.7.3", _AIRFLOW, "0435f7b9ed783e42dbb36b62a96f5528039e4037ae167c3c84945201befb9b78"),
    _pypi("apache-airflow", "2.10.5", _AIRFLOW, "4dcc76cb7cb0c4fafd326530a970cdb05d49c8e5efe0b6fd96c369f3c15a4187"),
)
GITHUB = Pair(
    _npm("@octokit/openapi", "22.0.0", _GITHUB, "3e8065e9059605343c997b736154b12f7f2bb2b8f409b1a6b40b16b6728c2eaa"),
    _npm("@octokit/openapi", "23.0.2", _GITHUB, "829b4bebb19a53133289f7b0bc819f4f1118115821db2ca9f25e9ee995a7da2a"),
)

_JUPYTER = "jupyter_server/services/api/api.yaml"
JUPYTER = Pair(
    _pypi("jupyter_server", "1.24.0", _JUPYTER, "8e303ce2093d116a0f75aaf6a69edab05779905454750595bf3067a398a860de"),
    _pypi("jupyter_server", "2.14.0", _JUPYTER, "f309fcca541412fa02258fb551faa3080c18f14a2e210d62306d372bf6bf694c"),
)
