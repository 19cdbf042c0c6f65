"""Functions on the stream of the Clients table, one module each."""
