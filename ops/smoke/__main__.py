"""`python -m ops.smoke`: check the local stack, or with `--stack` one in AWS."""

import typer
from rich.console import Console

from ops.cli.session import EndpointOption, Session, StackOption, deployed
from ops.smoke.report import print_report
from ops.smoke.run import smoke

app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def main(
    context: typer.Context,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
) -> None:
    """Check a deployed stack over HTTP; the exit status is 1 where it is not as expected.

    It takes a minute on the local stack and some ten minutes in AWS.
    """
    context.obj = Session(stack=None, endpoint=None)
    with deployed(context, stack, endpoint) as deployment:
        findings = smoke(deployment, lambda step: typer.echo(f"Looking at {step}.", err=True))
    print_report(findings, Console())
    raise typer.Exit(bool(findings.differing))


if __name__ == "__main__":
    app()
