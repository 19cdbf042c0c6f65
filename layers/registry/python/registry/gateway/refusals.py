"""The count of refused credentials, by the authorizer and by the token endpoint alike."""

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit


def count_refusal(contract: str, reason: str) -> None:
    """Count one refused credential, once by contract and reason and once by contract.

    An alarm takes ten metrics at most, so it watches those by contract.
    """
    metrics = EphemeralMetrics()
    metrics.add_metric(name="CredentialRefused", unit=MetricUnit.Count, value=1)
    metrics.add_dimension(name="contract", value=contract)
    metrics.add_dimension(name="reason", value=reason)
    metrics.add_dimensions(contract=contract)
    metrics.flush_metrics()
