"""Paytrum's endpoints, one module each."""
