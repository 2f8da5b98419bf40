"""Answers of the graph (bot.registry.asking) for terminals, documents and programs."""
