"""Everything that makes one machine a whole service, for development and tests.

Redis, stand-ins for Stripe and Mandrill that behave as the real ones do, a reference http-proxy,
the supervisor that ``make run`` starts, and the story that ``make demo`` tells. Nothing here runs
in production, and no app imports it.
"""
