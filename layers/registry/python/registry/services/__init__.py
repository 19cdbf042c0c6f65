"""What can be done to records beyond one write; no HTTP and no wire names."""
