"""Merges: two clients that become one, and come apart again."""
