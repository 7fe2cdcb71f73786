"""Counting: what there is, held against what clients asked for and were told."""
