"""A decision as Markdown, check output, JSON, terminal."""
