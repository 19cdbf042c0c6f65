"""What a client is: pure Python, no AWS, no HTTP."""
