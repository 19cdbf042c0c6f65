"""Alternative Payments' endpoints, one module each."""
