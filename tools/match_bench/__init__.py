"""Matching side by side with Splink, on labelled files."""
