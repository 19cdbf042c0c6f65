"""One run of a command: the deployment it works on, and how it reports errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from botocore.exceptions import BotoCoreError, ClientError

from ops.cli.deployment import (
    LOCAL_STACK,
    Deployment,
    DeploymentError,
    aws_deployment,
    local_deployment,
    local_endpoint,
)
from ops.cli.operator import Operator, OperatorError
from registry.domain.errors import FieldError, Invalid, RaceLost, Unavailable
from registry.domain.workspace import Mode
from registry.gateway.operation import message_for

StackOption = Annotated[
    str | None,
    typer.Option("--stack", help="Stack in AWS, with the ambient credentials and region."),
]
EndpointOption = Annotated[
    str | None,
    typer.Option("--endpoint", help="Endpoint of a local stack, such as http://localhost:4566."),
]
WorkspaceOption = Annotated[
    str,
    typer.Option("--workspace", metavar="ID", help="Id of the workspace."),
]
ModeOption = Annotated[Mode, typer.Option(help="The set of records: live or test.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")]


_WORDS = {
    "": "does not exist in this contract",
    "missing": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "control_character": "must not contain control characters",
    "country": "must be a country code of two letters, such as US",
    "timezone": "must be an IANA time zone, such as America/New_York",
    "account_number": "looks like a full card or account number, which the registry never keeps",
    "token": "must be up to {max_length} printable characters without a space",
    "last4": "must be four digits",
    "exp_month": "must be a month, 1 to 12",
    "exp_year": "must be a year of four digits",
    "cards_only": "is for cards only",
    "url": "must be an address such as https://hooks.example.com/registry",
    "https_only": "must begin with https:// and use port 443",
    "host_name": "must have the name of a host, and no number of one",
    "webhook_type": "must be one of {known}",
    "webhook_one_type": "must be given once: such a webhook has one type",
}


@dataclass(frozen=True, slots=True)
class Session:
    """The options before the command's name, which choose the deployment."""

    stack: str | None
    endpoint: str | None

    def deployment(self) -> Deployment:
        """The deployment at the endpoint, else the one in AWS, else the local stack started here.

        Raises:
            DeploymentError: it does not exist.
        """
        if self.endpoint is not None:
            return local_deployment(self.endpoint, self.stack or LOCAL_STACK)
        if self.stack is not None:
            return aws_deployment(self.stack)
        return local_deployment(local_endpoint(Path.cwd()))


@contextmanager
def operating(
    context: typer.Context,
    stack: str | None,
    endpoint: str | None,
) -> Iterator[Operator]:
    """The operator of the deployment that `deployed` finds; errors are reported in the same way."""
    with deployed(context, stack, endpoint) as deployment:
        yield Operator(deployment)


@contextmanager
def deployed(
    context: typer.Context,
    stack: str | None,
    endpoint: str | None,
) -> Iterator[Deployment]:
    """The deployment that the options before or after the command's name choose.

    An error inside is printed to standard error as one sentence, and the exit status is 1.
    """
    before: Session = context.obj
    session = Session(stack=stack or before.stack, endpoint=endpoint or before.endpoint)
    try:
        yield session.deployment()
    except (DeploymentError, OperatorError) as error:
        fail(str(error))
    except Invalid as error:
        fail("; ".join(map(_sentence, error.fields)))
    except RaceLost:
        fail("The record was changed by someone else meanwhile; nothing was done. Run it again.")
    except Unavailable as error:
        fail(f"DynamoDB does not answer: {error.__cause__ or error}")
    except (BotoCoreError, ClientError) as error:
        fail(str(error))


def fail(sentence: str, code: int = 1) -> NoReturn:
    """Print a sentence to standard error and exit with this status."""
    typer.echo(f"registry: {sentence}", err=True)
    raise typer.Exit(code)


def _sentence(error: FieldError) -> str:
    """The error of a field as a sentence at a prompt."""
    offered = error.facts.get("offered")
    if isinstance(offered, tuple) and offered:
        return f"{error.dotted} must be among {', '.join(offered)}"
    return f"{error.dotted} {message_for(_WORDS, error)}"
