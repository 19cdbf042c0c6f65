"""The registry's own contract: the whole record, its history and its feed, found by any value."""
