"""The registry's own endpoints for pairs of clients that may be one and the same."""
