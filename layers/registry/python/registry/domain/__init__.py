"""Clients, credentials and workspaces, and their rules: pure Python, no AWS, no HTTP."""
