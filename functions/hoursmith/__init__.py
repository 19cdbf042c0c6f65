"""Hoursmith's endpoints, one module each."""
