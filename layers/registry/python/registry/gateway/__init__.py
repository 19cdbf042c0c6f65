"""API Gateway event in, answer out: requests, principals, the one error edge, logs, metrics."""
