"""A client for DynamoDB from the standard library alone: its JSON protocol over kept-alive TLS.

botocore makes its clients from data files, which costs a function most of its cold start and half
of the processor time of a warm request. This package does what the functions need of it, and takes
the same calls. botocore stays the reference: `tests/conformance` makes both clients the same calls
and meets both with the same faults.
"""
