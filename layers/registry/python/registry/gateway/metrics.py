"""Metrics of a function, in CloudWatch's embedded metric format: a line in the log for each set.

The lines are those that Powertools' metrics would write, see `registry.gateway.logger`.

Source: "Specification: Embedded metric format", Amazon CloudWatch User Guide.
"""

import os
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache

from registry.gateway.logger import encode, write_line

COUNT, MILLISECONDS = "Count", "Milliseconds"
_NO_SERVICE = "service_undefined"

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
    described = _described(
        os.environ["POWERTOOLS_METRICS_NAMESPACE"],
        (*dimensions.items(), ("service", os.environ.get("POWERTOOLS_SERVICE_NAME", _NO_SERVICE))),
        tuple((name, unit) for name, (unit, _) in metrics.items()),
        tuple(also_by),
    )
    values = encode({name: [float(value)] for name, (_, value) in metrics.items()})
    milliseconds = time.time_ns() // 1_000_000
    write_line(f'{{"_aws":{{"Timestamp":{milliseconds},{described},{values[1:]}')


@lru_cache(maxsize=64)
def _described(
    namespace: str,
    dimensions: tuple[tuple[str, str], ...],
    metrics: tuple[tuple[str, str], ...],
    also_by: tuple[str, ...],
) -> str:
    """What a set of metrics says beside the time and the values, which is the same every time.

    It is the text between the two: from inside `_aws` to the last of the dimensions.
    """
    sets = [[name for name, _ in dimensions], *([list(also_by)] if also_by else [])]
    directive = {
        "Namespace": namespace,
        "Dimensions": sets,
        "Metrics": [{"Name": name, "Unit": unit} for name, unit in metrics],
    }
    directives = encode({"CloudWatchMetrics": [directive]})
    return f"{directives[1:]},{encode(dict(dimensions))[1:-1]}"
