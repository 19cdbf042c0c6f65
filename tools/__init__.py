"""What a developer runs: local stack, container runner, generators, benchmark."""
