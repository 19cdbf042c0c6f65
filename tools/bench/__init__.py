"""Measures what a create costs: our function beside a bare boto3 handler and two usual designs.

`docs/performance.md` says what is measured and what the table shows.
"""
