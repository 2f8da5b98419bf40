"""Plain JSON Schema files, draft 4 to 2020-12, as descriptions of stored data and messages."""
