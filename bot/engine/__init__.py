"""Reconcile, schedules, catch-up: where pure code, GitHub and store are joined."""
