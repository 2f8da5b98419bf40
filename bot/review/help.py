"""What `/contracts help` answers: short, the commands that most people need first."""

from __future__ import annotations

from typing import Final

HELP: Final = (
    "`/approve-breaking` signs everything that is open for you in the list above; `/approve-breaking 1a2b3c4d5e` signs "
    "one finding, `as checkout-web` for one consumer, `until 2026-12-31` for a time, ` -- note` with a note. "
    "`/object 1a2b3c4d5e -- reason` blocks until the decision owner writes `/rule accept`, `/rule reject` or "
    "`/rule honour-until 2026-12-31` with a reason. `/ack` says that you have seen it, `/revoke` takes back what you "
    "wrote, `/escalate` calls the decision owner, `/reclassify 1a2b3c4d5e compatible -- reason` says that we are "
    "wrong, `/waive checkout-web reason:security until:2026-12-31 -- reason` does without a signature, "
    "`/extend GET /orders to:2027-03-31` moves a sunset. `/recheck` looks again, `/contracts status` says what is "
    "open. A command counts when a new comment begins with it."
)
