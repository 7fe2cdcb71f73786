"""Assignments a second, whatever the size of the fleet, and what others wait for meanwhile."""
