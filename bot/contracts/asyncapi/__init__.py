"""AsyncAPI 2.x and 3.x: channels, operations and messages of applications that talk by events."""
