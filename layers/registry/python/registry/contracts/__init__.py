"""One package per contract: its wire models, errors, rules and lists of the client record."""
