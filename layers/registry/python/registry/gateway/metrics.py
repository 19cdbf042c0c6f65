"""Metrics of a function, in CloudWatch's embedded metric format: a line in the log for each set.

The lines are those that Powertools' metrics would write, see `registry.gateway.logger`.

Source: "Specification: Embedded metric format", Amazon CloudWatch User Guide.
"""

import os
import time
from collections.abc import Mapping, Sequence

from registry.gateway.logger import write_line

COUNT, MILLISECONDS = "Count", "Milliseconds"

Metrics = Mapping[str, tuple[str, float]]


def write_metrics(
    dimensions: Mapping[str, str],
    metrics: Metrics,
    also_by: Sequence[str] = (),
) -> None:
    """Write one set of metrics.

    The namespace is that of `POWERTOOLS_METRICS_NAMESPACE`. The service that
    `POWERTOOLS_SERVICE_NAME` names is one dimension more.

    Args:
        dimensions: what the metrics are counted by, all together.
        metrics: unit and value, by name.
        also_by: names of dimensions that the metrics are counted by a second time, without the
            other ones.
    """
    service = os.environ.get("POWERTOOLS_SERVICE_NAME", "service_undefined")
    sets = [[*dimensions, "service"], *([list(also_by)] if also_by else [])]
    directive = {
        "Namespace": os.environ["POWERTOOLS_METRICS_NAMESPACE"],
        "Dimensions": sets,
        "Metrics": [{"Name": name, "Unit": unit} for name, (unit, _) in metrics.items()],
    }
    values = {name: [float(value)] for name, (_, value) in metrics.items()}
    write_line(
        {
            "_aws": {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [directive]},
            **dimensions,
            "service": service,
            **values,
        }
    )
