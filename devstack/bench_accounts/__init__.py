"""``make bench-accounts``: the calls that every app makes, beside a view that does nothing."""
