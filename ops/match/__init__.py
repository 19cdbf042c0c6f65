"""Matching on the operator's machine: labelled files, and how well pairs are found in them."""
