"""Edits of the registry, as changes of a contract: what was promised, who is asked, and what is looked at."""
