"""The ledger of jobs as a contestant: a small Django app beside the project's own."""
