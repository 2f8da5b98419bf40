"""Pacts of which the registry says that they are full (`kind: pact-full`): what they do not list is not used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.contracts.document import Document
from bot.registry.importers.imported import Imported, Question
from bot.registry.importers.pact import importer


def shown(question: Question, documents: Mapping[str, Document]) -> Imported:
    """As of any pact; complete, unless nothing was found or something could not be followed."""
    found = importer.shown(question, documents)
    return replace(found, complete=bool(found.used) and not found.problems)
