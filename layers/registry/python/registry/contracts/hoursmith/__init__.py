"""Hoursmith: clients of time and invoices, with money, required idempotency and sorted lists."""
