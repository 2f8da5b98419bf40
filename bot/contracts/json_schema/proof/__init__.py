"""Is every value of one schema a value of another? Answered by proof, or not at all."""

from bot.contracts.json_schema.proof.prover import Answer, Prover, Side

__all__ = ["Answer", "Prover", "Side"]
