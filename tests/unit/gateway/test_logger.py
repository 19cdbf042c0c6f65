"""Log lines follow `LogLevel`; metrics are written whatever the level is."""

import json
import os
import subprocess
import sys

import pytest

LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"]
# Lambda sets AWS_LAMBDA_LOG_LEVEL from the template's ApplicationLogLevel.
OF_LAMBDA = {"DEBUG": "DEBUG", "INFO": "INFO", "WARNING": "INFO", "ERROR": "INFO"}
LOG_AND_COUNT = """
from registry.domain.workspace import Contract
from registry.gateway.logger import function_logger
from registry.gateway.refusals import count_refusal

logger = function_logger()
logger.debug("said")
logger.info("said")
logger.warning("said")
logger.error("said")
count_refusal(Contract.PAYTRUM, "unknown")
"""


@pytest.mark.parametrize("level", LEVELS)
def test_lines_below_the_level_are_left_out_and_metrics_are_not(level: str) -> None:
    environment = {
        **os.environ,
        "AWS_LAMBDA_LOG_LEVEL": OF_LAMBDA[level],
        "LOG_LEVEL": level,
        "POWERTOOLS_METRICS_NAMESPACE": "ClientRegistry",
        "POWERTOOLS_SERVICE_NAME": "paytrum",
    }

    done = subprocess.run(  # noqa: S603 - our own lines
        [sys.executable, "-W", "error", "-c", LOG_AND_COUNT],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    logged = [line["level"] for line in lines if "level" in line]
    assert logged == LEVELS[LEVELS.index(level) :]
    assert [line["CredentialRefused"] for line in lines if "_aws" in line] == [[1.0]]
