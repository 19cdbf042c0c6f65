"""Fits the weights of matching to files of records, without knowing which are of one client."""
