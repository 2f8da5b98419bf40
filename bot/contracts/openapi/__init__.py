"""OpenAPI 3.0, 3.1 and 3.2: paths, operations and all they hold, on the shared schema comparison."""
