"""OpenAPI 3.1 of every contract, made from the declarations that serve its requests."""
