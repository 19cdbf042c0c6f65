"""The authorizer in front of every endpoint of every contract."""
