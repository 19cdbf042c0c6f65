"""The options before a command's name, which choose the deployment it works on."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ops.cli.deployment import Deployment


@dataclass(frozen=True, slots=True)
class Session:
    """What was said of the deployment; None for what was not.

    Attributes:
        stack: name of the stack.
        endpoint: of a local stack.
        aws_region: where it is.
        profile: of the AWS configuration, for credentials and region.
    """

    stack: str | None = None
    endpoint: str | None = None
    aws_region: str | None = None
    profile: str | None = None

    def deployment(self) -> "Deployment":
        """The deployment at the endpoint, else the one in AWS, else the local stack started here.

        Raises:
            DeploymentError: it does not exist.
        """
        # What a deployment needs is loaded with the first command that has one.
        from ops.cli import deployment  # noqa: PLC0415

        if self.endpoint is not None:
            return deployment.local_deployment(self.endpoint, self.stack or deployment.LOCAL_STACK)
        if self.stack is not None:
            return deployment.aws_deployment(self.stack, self.aws_region, self.profile)
        return deployment.local_deployment(deployment.local_endpoint(Path.cwd()))
