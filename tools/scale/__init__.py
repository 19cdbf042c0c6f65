"""What lists cost at a thousand to a million clients, on synthetic pages: `make bench-scale`."""
