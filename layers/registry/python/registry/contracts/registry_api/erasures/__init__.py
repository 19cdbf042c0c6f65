"""Erasures: the jobs that remove a person, and their receipts."""
