"""What people call one and the same thing in different files."""

from __future__ import annotations

import re
from collections.abc import Collection

_PUNCTUATION = re.compile(r"[\W_]+")


def spoken(name: str) -> str:
    """A name as people spell it one way or another: `Checkout Web`, `checkout-web` and `CheckoutWeb` are the same."""
    return _PUNCTUATION.sub("", name.casefold())


def called(name: str, names: Collection[str]) -> bool:
    """Whether one of `names` is meant; any name, when there are none."""
    return not names or name in names or spoken(name) in {spoken(one) for one in names}
