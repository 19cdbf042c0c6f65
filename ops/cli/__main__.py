"""`python -m ops.cli`, the same as `registry`."""

from ops.cli import main

main()
