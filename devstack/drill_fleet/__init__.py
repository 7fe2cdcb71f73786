"""The fleet drilled at random: a Hypothesis state machine on a real Redis, with crashes.

Actors (staff, users, proxies, workers) act at once; ``turns`` lets one after another send its next
command, in an order that is drawn, so that each interleaving comes again by its seed. Some die on
the way, some lose their connection, some are overtaken. ``make drill-fleet``: docs/fleet-drill.md.
"""
