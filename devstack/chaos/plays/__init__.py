"""Short plays: each brings some kinds of job about, so that each of their steps can be struck."""
