"""Countersign: contract changes in a pull request are countersigned by those they break."""

__version__ = "0.1.0"
