"""The logger of a function, at the level the deployment asks for."""

import logging
import os

from aws_lambda_powertools.logging import Logger


def function_logger() -> Logger:
    """A Powertools logger at the level that `LOG_LEVEL` names; INFO without it.

    `POWERTOOLS_SERVICE_NAME` names the service. Lambda's own filter is never set above INFO: it
    takes a line without a level for INFO, and would drop the metrics with it. Powertools follows
    that filter before anything else, so the level is set on the standard library's logger.

    Source: "Log-level filtering", AWS Lambda Developer Guide; "Setting a log level", Powertools.
    """
    logger = Logger()
    logging.getLogger(logger.name).setLevel(os.environ.get("LOG_LEVEL", "INFO"))
    return logger
