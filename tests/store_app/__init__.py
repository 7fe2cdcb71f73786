"""A little app of test models, for the suites of the store and of the stock admin."""
