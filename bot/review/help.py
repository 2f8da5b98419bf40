"""What `/contracts help` answers: short, the commands that most people need first."""

from __future__ import annotations

from typing import Final

COMMANDS: Final = (
    ("/approve-breaking", "signs everything listed that is yours to sign"),
    (
        "/approve-breaking 1a2b3c4d5e as your-app until 2026-12-31 -- note",
        "signs one change, in one role, until that day, with a note; leave out what you don't need",
    ),
    ("/object 1a2b3c4d5e -- reason", "holds it until the decision owner rules; your words are quoted above everything"),
    ("/revoke", "takes back your signatures and objections"),
    ("/ack", "says that you have seen it, where no more is asked"),
    ("/escalate", "calls the decision owner now"),
    (
        "/rule accept -- reason",
        "ends a dispute, like `/rule reject` and `/rule honour-until 2026-12-31`; for the decision owner",
    ),
    (
        "/waive your-app reason:security until:2026-12-31 -- note",
        "does without a consumer's signature; for the decision owner",
    ),
    ("/reclassify 1a2b3c4d5e compatible -- reason", "says that the finding is wrong; the decision owner decides"),
    ("/extend GET /orders to:2027-03-31", "moves a sunset later"),
    ("/deprecate GET /orders sunset:2027-03-31", "announces that something goes; answered with the lines to commit"),
    ("/contracts status", "says what is still open"),
    ("/recheck", "looks again"),
)
"""Examples of every command, with what they do."""

RULES: Final = "A command counts when a new comment begins with it. Who made the change, and bots, can't sign."

HELP: Final = "; ".join(f"`{command}` {effect}" for command, effect in COMMANDS) + f". {RULES}"
