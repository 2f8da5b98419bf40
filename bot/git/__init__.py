"""A snapshot from a local git repository."""
