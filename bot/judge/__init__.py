"""The rule catalogue and its matcher: what a fact means, and to whom."""
