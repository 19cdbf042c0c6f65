"""Whether the functions' metrics arrive in CloudWatch."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from ops.smoke.calls import wait_for
from ops.smoke.findings import Findings

METRIC = "the metric Requests of Paytrum's create"
_PATIENCE_SECONDS = 600.0
_THERE = "there"


def check_metric(findings: Findings) -> None:
    """Look for the count of the requests this run has made; it takes CloudWatch some minutes."""
    cloudwatch = boto3.client("cloudwatch")
    findings.expect(
        METRIC,
        _THERE,
        lambda: wait_for(_THERE, lambda: _look(cloudwatch), seconds=_PATIENCE_SECONDS),
    )


def _look(cloudwatch: Any) -> str:  # noqa: ANN401 - the environment has no types of CloudWatch
    """Whether CloudWatch has the metric."""
    now = datetime.now(UTC)
    statistics = cloudwatch.get_metric_statistics(
        Namespace="ClientRegistry",
        MetricName="Requests",
        Dimensions=[
            {"Name": "service", "Value": "paytrum"},
            {"Name": "operation", "Value": "create_client"},
        ],
        StartTime=now - timedelta(minutes=30),
        EndTime=now,
        Period=60,
        Statistics=["Sum"],
    )
    return _THERE if statistics["Datapoints"] else "not there"
