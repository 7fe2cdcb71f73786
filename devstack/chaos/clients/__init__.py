"""Clients: they ask as apps do, repeat as apps do, and remember what they were told."""
