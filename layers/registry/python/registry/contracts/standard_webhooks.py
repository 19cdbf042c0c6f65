"""The headers of Standard Webhooks, for contracts whose webhooks are signed that way.

Source: the Standard Webhooks specification, version 1.0.0.
"""

from standardwebhooks import Webhook

from registry.domain.webhook import Notice


def standard_headers(notice: Notice, message_id: str, body: str) -> dict[str, str]:
    """The id, the instant and the signatures of a message, one for each secret in force.

    Args:
        notice: has the secrets, and the instant of the attempt.
        message_id: names the message; the same at every attempt.
        body: as it is sent.
    """
    signatures = [Webhook(secret).sign(message_id, notice.at, body) for secret in notice.secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(notice.at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
