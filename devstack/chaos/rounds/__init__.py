"""Rounds: a fresh store, clients at work, faults among them, and then everything is counted."""
