"""``make bench-admission``: how long until a proxy does what was decided.

The whole stack runs as `make run` has it: pro-server, worker, Redis that syncs each write, Stripe's
stand-in, config-server, reference proxy. Several buyers at once, without a pause, sign up, pay, and
ask the proxy until it lets them in. A second device joins, asks until it is let in, is removed, and
asks until it is refused. Then they reset their token as stolen, and ask with the old one until the
proxy refuses. Each span begins when the change was committed: when Redis, by its own
clock, staged the job that follows from it in the same script.
"""
