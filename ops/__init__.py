"""What an operator runs: the command line, the local stack, the bench."""
