"""Clients of the registry's own contract, with their history, their consents and the feed."""
