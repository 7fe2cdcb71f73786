"""The faults: what each one is, where it may strike, and how it is brought about."""
