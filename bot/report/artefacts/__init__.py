"""The five artefacts of a contract as Markdown: map, definition, policy, verification plan, change management.

Written from registries and evidence alone. Every promise is marked verified or unverified, every use with where it was
seen and when; what must not be named is counted. The same graph on the same day gives the same text.
"""
