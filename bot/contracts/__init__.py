"""Formats: recognise, read and compare integration contracts. Pure; knows nothing of the rest of the bot."""
