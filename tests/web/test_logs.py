from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.web.logs import REDACTED, JsonLines, log_to

SECRET = 'a "quoted" s3cret'
TOKEN = "ghs_16C7e42F292c6912E7710c838347Ae178B4a"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logger = logging.getLogger("test.logs")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines([SECRET, "abc"]))
    logger.addHandler(handler)
    logger.propagate = False
    yield stream
    logger.removeHandler(handler)
    logger.propagate = True


def test_a_line_is_one_json_object_with_what_was_given(stream: io.StringIO) -> None:
    extra = {"lane": "pr:1", "ms": 1.5, "labels": ["a"], "path": io.StringIO}
    logging.getLogger("test.logs").warning("two\nlines %s", 7, extra=extra)
    (line,) = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert entry["message"] == "two\nlines 7"
    assert (entry["level"], entry["logger"], entry["lane"], entry["ms"]) == ("warning", "test.logs", "pr:1", 1.5)
    assert entry["time"].endswith("+00:00")
    assert entry["labels"] == ["a"] and "StringIO" in entry["path"]


@pytest.mark.parametrize(
    "secret",
    [
        SECRET,
        TOKEN,
        "github_pat_11ABCDEFG0123456789_abcdefghijklmnop",
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjM0NSJ9.c2lnbmF0dXJl",
        "Bearer 0123456789abcdef0123",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIEow cut off",
    ],
)
def test_no_secret_is_logged_wherever_it_hides(stream: io.StringIO, secret: str) -> None:
    logger = logging.getLogger("test.logs")
    logger.info("in the message %s", secret)
    logger.warning("in an argument", extra={"where": {"deep": [secret]}, secret: 1})
    try:
        raise ValueError(f"in an exception {secret}")
    except ValueError:
        logger.exception("failed")
    text = stream.getvalue()
    lines = [json.loads(line) for line in text.splitlines()]
    assert all(secret not in value for line in lines for value in map(str, line.values()))
    assert json.dumps(secret)[1:-1] not in text
    assert text.count(REDACTED) >= 3
    assert "MIIEow" not in text


def test_half_a_surrogate_pair_costs_no_line() -> None:
    # Formatted without being logged: what is captured of a test could not be sent from its process.
    record = logging.LogRecord("test.logs", logging.WARNING, __file__, 1, "odd \ud800 text", (), None)
    record.big = 1 << 70
    line = JsonLines([SECRET]).format(record)
    assert json.loads(line)["big"] == str(1 << 70)
    assert line.encode()


def test_short_secrets_do_not_black_out_everything(stream: io.StringIO) -> None:
    logging.getLogger("test.logs").warning("abc is a common word")
    assert "abc" in json.loads(stream.getvalue())["message"]


def test_everything_logged_goes_to_the_stream() -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    for handler in before:
        root.removeHandler(handler)
    stream = io.StringIO()
    try:
        log_to(stream, "info", [SECRET])
        logging.getLogger("anything").info("said %s", SECRET)
        logging.getLogger("anything").debug("not said")
    finally:
        for handler in root.handlers[:]:
            root.removeHandler(handler)
        for handler in before:
            root.addHandler(handler)
        root.setLevel(level)
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["message"] == f"said {REDACTED}"
