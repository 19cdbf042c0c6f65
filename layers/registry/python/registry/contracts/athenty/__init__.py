"""Athenty: people and businesses with metadata, page-number lists and search."""
