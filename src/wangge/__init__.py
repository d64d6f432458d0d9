"""Wangge: grid-based safety work for a whole city."""
