"""Paytrum: billing clients with consent, usage type and `startingAfter` lists."""
