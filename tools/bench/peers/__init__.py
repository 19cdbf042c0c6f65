"""Handlers as people write them, each of which creates the client of Paytrum's event."""
