"""Faults on purpose: the real processes under fire, and every effect counted against the facts."""
