"""A registry proposed from what a repository holds. What nobody can know is a TODO, and what is inferred says so."""
