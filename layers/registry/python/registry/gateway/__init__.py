"""From API Gateway's events to responses: requests, principals, errors, logs and metrics."""
