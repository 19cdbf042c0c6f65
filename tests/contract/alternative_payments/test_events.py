"""The example event of the token endpoint, with a real client's credentials."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

from alternative_payments.issue_token import handler
from registry.domain.credential import IssuedCredential

EVENT = Path(__file__).parents[3] / "events" / "alternative_payments" / "issue_token.json"


def test_the_event_for_a_token_succeeds_with_a_real_client(
    issue: Callable[..., IssuedCredential],
) -> None:
    event = json.loads(EVENT.read_text("utf-8"))
    issued = issue()
    made_up = handler(event, None)
    pair = f"{issued.credential.id}:{issued.secret}"
    event["headers"]["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"

    response = handler(event, None)

    assert "authorizer" not in event["requestContext"]
    assert made_up["statusCode"] == 403
    assert response["statusCode"] == 200, response["body"]
