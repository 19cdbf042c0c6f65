"""``python -m tools.overrides dev Architecture=x86_64``: template parameters for ``sam deploy``.

``sam deploy --parameter-overrides`` takes the place of all that samconfig.toml says for the
environment. This prints both together; what the command line names wins.
"""

import sys
import tomllib
from collections.abc import Sequence

from tools.template import ROOT


def overrides(environment: str, more: Sequence[str]) -> list[str]:
    """The parameters of an environment, each as ``Name=value``, with more of them on top.

    Raises:
        KeyError: samconfig.toml has no such environment.
    """
    configuration = tomllib.loads((ROOT / "samconfig.toml").read_text("utf-8"))
    configured = configuration[environment]["deploy"]["parameters"].get("parameter_overrides", [])
    values = dict(override.split("=", 1) for override in [*configured, *more])
    return [f"{name}={value}" for name, value in values.items()]


if __name__ == "__main__":
    print(" ".join(overrides(sys.argv[1], sys.argv[2:])))
