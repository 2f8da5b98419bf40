from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.settings import SETTINGS, Secret, Settings, SettingsError, settings_table


@cache
def pem(kind: str = "rsa") -> str:
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    form = PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def environ(**changes: str | None) -> dict[str, str]:
    values = {"COUNTERSIGN_APP_ID": "12345", "COUNTERSIGN_PRIVATE_KEY": pem(), "COUNTERSIGN_WEBHOOK_SECRET": "s3cret"}
    merged = {**values, "PATH": "/usr/bin", **changes}
    return {name: value for name, value in merged.items() if value is not None}


def problems(**changes: str | None) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environ(environ(**changes))
    return refused.value.problems


def test_three_settings_are_enough() -> None:
    settings = Settings.from_environ(environ())
    assert (settings.app_id, settings.github_url, settings.port) == (12345, "https://api.github.com", 8080)
    assert settings.webhook_secrets == (Secret("s3cret"),)
    assert settings.private_key == Secret(pem())
    assert settings.database == Path("data/countersign.db")
    assert settings.log_level == "info"


def test_everything_wrong_is_said_at_once_by_name() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environ({"PORT": "eighty", "COUNTERSIGN_LOG_LEVEL": "loud", "COUNTERSIGN_WORKERS": "0"})
    message = str(refused.value)
    for name in (
        "COUNTERSIGN_APP_ID is missing",
        "COUNTERSIGN_PRIVATE_KEY or COUNTERSIGN_PRIVATE_KEY_FILE is missing",
        "COUNTERSIGN_WEBHOOK_SECRET is missing",
        "PORT must be a whole number from 0 to 65535, and is 'eighty'",
        "COUNTERSIGN_LOG_LEVEL must be one of debug, info, warning, error, and is 'loud'",
        "COUNTERSIGN_WORKERS must be",
    ):
        assert name in message
    assert len(refused.value.problems) == 6


@pytest.mark.parametrize("absent", [None, ""])
def test_there_is_no_start_without_a_webhook_secret(absent: str | None) -> None:
    assert problems(COUNTERSIGN_WEBHOOK_SECRET=absent)[0].startswith("COUNTERSIGN_WEBHOOK_SECRET is missing")
    assert len(problems(COUNTERSIGN_WEBHOOK_SECRET=absent, COUNTERSIGN_WEBHOOK_SECRET_2="other")) == 1


def test_a_secret_may_hold_any_character_and_several_are_accepted_while_one_is_changed() -> None:
    odd = 'a,b c;"\\ü'
    settings = Settings.from_environ(environ(COUNTERSIGN_WEBHOOK_SECRET=odd, COUNTERSIGN_WEBHOOK_SECRET_2="new"))
    assert [secret.reveal() for secret in settings.webhook_secrets] == [odd, "new"]


def test_a_secret_with_a_line_break_from_a_careless_copy_is_refused() -> None:
    assert "white space" in problems(COUNTERSIGN_WEBHOOK_SECRET="s3cret\n")[0]


def test_the_private_key_may_be_in_one_line_or_in_a_file(tmp_path: Path) -> None:
    one_line = Settings.from_environ(environ(COUNTERSIGN_PRIVATE_KEY=pem().replace("\n", "\\n")))
    assert one_line.private_key.reveal() == pem()
    file = tmp_path / "key.pem"
    file.write_text(pem())
    from_file = Settings.from_environ(environ(COUNTERSIGN_PRIVATE_KEY=None, COUNTERSIGN_PRIVATE_KEY_FILE=str(file)))
    assert from_file.private_key.reveal() == pem()


def test_a_wrong_private_key_is_refused_without_being_shown(tmp_path: Path) -> None:
    for wrong in ("nonsense-key-material", pem("ec"), pem()[:300]):
        (problem,) = problems(COUNTERSIGN_PRIVATE_KEY=wrong)
        assert problem == (
            "COUNTERSIGN_PRIVATE_KEY is not an RSA private key in PEM form, as GitHub gives it for download"
        )
    (problem,) = problems(COUNTERSIGN_PRIVATE_KEY=None, COUNTERSIGN_PRIVATE_KEY_FILE=str(tmp_path / "none.pem"))
    assert problem.startswith("COUNTERSIGN_PRIVATE_KEY_FILE cannot be read") and "No such file" in problem
    assert "both set" in problems(COUNTERSIGN_PRIVATE_KEY_FILE="x")[0]


@pytest.mark.parametrize(
    ("url", "accepted"),
    [
        ("https://api.github.com/", "https://api.github.com"),
        ("https://github.example.com/api/v3", "https://github.example.com/api/v3"),
        ("http://127.0.0.1:8123", "http://127.0.0.1:8123"),
        ("http://github.example.com/api/v3", None),
        ("https://user:password@github.example.com", None),
        ("github.example.com", None),
        ("ftp://github.example.com", None),
        ("https://api.github.com?x=1", None),
        ("https://[half", None),
    ],
)
def test_tokens_are_only_ever_sent_to_a_sound_address(url: str, accepted: str | None) -> None:
    if accepted is not None:
        assert Settings.from_environ(environ(COUNTERSIGN_GITHUB_URL=url)).github_url == accepted
    else:
        (problem,) = problems(COUNTERSIGN_GITHUB_URL=url)
        assert problem.startswith("COUNTERSIGN_GITHUB_URL must") and "password" not in problem


def test_another_kind_of_database_is_refused_by_name_without_its_password() -> None:
    (problem,) = problems(DATABASE_URL="postgresql://bot:hunter2@db/countersign")
    assert "'postgresql'" in problem and "hunter2" not in problem
    assert Settings.from_environ(environ(DATABASE_URL="sqlite:////var/lib/c.db")).database == Path("/var/lib/c.db")
    for wrong in ("sqlite://", "sqlite:///", "sqlite:///:memory:"):
        assert problems(DATABASE_URL=wrong) == ["DATABASE_URL must be sqlite:/// and the path of a file"]
    assert "both set" in problems(DATABASE_URL="sqlite:///c.db", COUNTERSIGN_DATA="data")[0]


def test_a_misspelt_setting_is_not_ignored() -> None:
    (problem,) = problems(COUNTERSIGN_WEBHOK_SECRET="x")
    assert problem == "COUNTERSIGN_WEBHOK_SECRET is not a setting: did you mean COUNTERSIGN_WEBHOOK_SECRET?"


def test_secrets_do_not_show_themselves() -> None:
    settings = Settings.from_environ(environ())
    for shown in (repr(settings), str(settings), f"{settings.private_key} {settings.webhook_secrets}"):
        assert "s3cret" not in shown and "BEGIN" not in shown
    assert settings.secrets == (pem(), "s3cret")


def test_every_setting_is_in_the_table() -> None:
    table = settings_table()
    for setting in SETTINGS:
        assert f"| `{setting.name}` |" in table
    assert table.count("\n") == len(SETTINGS) + 2
    assert "| `PORT` | `8080` |" in table
