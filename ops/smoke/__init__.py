"""The smoke test: checks of a deployed stack over HTTP."""
