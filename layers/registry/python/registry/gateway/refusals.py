"""The count of refused credentials, by the authorizer and by the token endpoint alike."""

from registry.gateway.metrics import COUNT, write_metrics


def count_refusal(contract: str, reason: str) -> None:
    """Count one refused credential, once by contract and reason and once by contract.

    An alarm takes ten metrics at most, so it watches those by contract.
    """
    write_metrics(
        {"contract": contract, "reason": reason},
        {"CredentialRefused": (COUNT, 1)},
        also_by=("contract",),
    )
