"""A look at a deployed stack over HTTP: what only a real deployment shows."""
