"""The registry's own endpoints, one module each."""
