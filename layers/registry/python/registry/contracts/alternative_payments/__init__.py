"""Alternative Payments: customers with users and payment methods, OAuth, cursors both ways."""
