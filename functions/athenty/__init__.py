"""Athenty's endpoints, one module each."""
