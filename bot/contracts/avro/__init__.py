"""Avro schemas and protocols: reading, schema resolution, comparison."""
