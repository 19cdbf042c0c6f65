"""What an operator runs: the command line."""
