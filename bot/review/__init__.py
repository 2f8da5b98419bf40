"""Capacities, fingerprints, commands, signatures, the decision."""
