"""What holds for every test: hypothesis asserts promises, never how long an example took on a busy machine."""

from __future__ import annotations

import gc
from functools import cache

from cryptography.hazmat.primitives import serialization
from hypothesis import HealthCheck, settings

settings.register_profile("promises", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("promises")

# Whether a number is prime takes 30 ms to say, and every bot asks it twice of the same few Apps' keys.
serialization.load_pem_private_key = cache(serialization.load_pem_private_key)  # type: ignore[assignment]


def pytest_runtest_teardown() -> None:
    """`countersign diff` lives for one comparison and collects no garbage: those that come after it here do."""
    gc.enable()
