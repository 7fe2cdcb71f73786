"""Histories of money, each told in several ways: whatever the way, the end is the same.

A history's facts (payments, refunds, disputes, invitations) happen once at the Stripe stand-in.
Then their events are delivered in order, shuffled and repeated, with crashes, or not at all, each
time from the same Redis; see ``docs/faults.md``.
"""
