"""Pact files of every version of the specification (1, 1.1, 2, 3, 4), as evidence of what their consumers use."""

from bot.registry.importers.pact.importer import shown

__all__ = ["shown"]
