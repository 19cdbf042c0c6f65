"""The command `registry`: workspaces and their credentials, on the local stack or in AWS."""

from ops.cli.commands import app

__all__ = ["main"]


def main() -> None:
    """Run the command line given to this process."""
    app()
