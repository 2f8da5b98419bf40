"""Which findings a person means who objects to them or reclassifies them: by the lists that they could see."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.judge.finding import Level
from bot.review.commands import Command
from bot.review.deprecations import deprecates
from bot.review.outcome import Refused
from bot.review.people import Comment
from bot.review.selection import MOST_LISTED, shown_to, unsigned
from bot.review.values import FindingSeen, JudgedFinding, PublishedDecision


@dataclass(frozen=True, slots=True)
class Lists:
    """publications: every list that was ever shown, oldest first. present: the present findings by their shown ids."""

    publications: Sequence[PublishedDecision]
    present: Mapping[str, JudgedFinding]

    def was_seen(self, finding: JudgedFinding, comment: Comment) -> bool:
        """Whether there was a list with it to be read. An earlier version kept no fingerprints of findings."""
        return any(
            finding.id in (p.findings or p.requirements)
            for p in self.publications
            if p.published_at < comment.created_at
        )

    def shown_before(self, comment: Comment) -> Collection[str]:
        """The ids of the newest list that could be seen by whoever wrote the comment."""
        shown = shown_to(self.publications, comment)
        return shown.findings or shown.requirements if shown is not None else ()

    def unsigned_before(self, comment: Comment) -> Collection[str]:
        """Those of them for which that list shows a signature as missing."""
        shown = shown_to(self.publications, comment)
        return {shown.asked[f].finding for f in unsigned(shown) if f in shown.asked} if shown is not None else ()

    def meant(self, comment: Comment, command: Command) -> dict[str, FindingSeen]:
        """By full id. Without ids: everything in the list that could be seen that is risky, a deprecation or worse.

        Raises Refused.
        """
        seen: dict[str, FindingSeen] = {}
        for published in self.publications:
            if published.published_at < comment.created_at:
                seen.update(self._of(published))
        if not command.ids:
            return {id: seen[id] for id in self.shown_before(comment) if id in seen and self.is_worth_it(id)}
        return dict(self._full(prefix, seen) for prefix in command.ids)

    def is_worth_it(self, id: str) -> bool:
        """Whether it is meant where no ids are named."""
        finding = self.present.get(id)
        if finding is None or finding.impact.finding.level is not Level.COMPATIBLE:
            return True
        return deprecates(finding.impact.finding.change)

    def _of(self, published: PublishedDecision) -> Iterator[tuple[str, FindingSeen]]:
        yield from published.findings.items()
        if not published.findings:  # written by an earlier version
            for asked in published.asked.values():
                yield asked.finding, FindingSeen("", asked.contract, asked.element)

    def _full(self, prefix: str, seen: Mapping[str, FindingSeen]) -> tuple[str, FindingSeen]:
        matching = sorted(id for id in seen if id.startswith(prefix))
        if len(matching) == 1:
            return matching[0], seen[matching[0]]
        if matching:
            candidates = ", ".join(f"`{id}`" for id in matching[:MOST_LISTED])
            more = ", …" if len(matching) > MOST_LISTED else ""
            raise Refused(f"`{prefix}` could be {candidates}{more}: write more of its digits.")
        if prefix in self.present:
            return prefix, seen_as(self.present[prefix])
        raise Refused(f"No finding here has an id that begins with `{prefix}`.")


def seen_as(finding: JudgedFinding) -> FindingSeen:
    """As it is kept with the list that shows it."""
    change = finding.impact.finding
    return FindingSeen(finding.fingerprint, change.contract, change.change.element)
