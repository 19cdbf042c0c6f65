"""Facts about a contract that its document does not have; schemathesis.toml loads them.

The environment names the tokens to call with, separated by spaces, in `REGISTRY_TOKENS`; the first
is also the one of the configuration, `REGISTRY_TOKEN`.
"""

import itertools
import os
import re
import uuid
from typing import Any, Final

import schemathesis
from hypothesis import strategies

_ACCEPTABLE_KEY: Final = re.compile("[!-~]([ -~]{0,253}[!-~])?")
_tokens = itertools.cycle(os.environ["REGISTRY_TOKENS"].split())

# Formats that JSON Schema does not define: text that is good, since any text would not be.
for name, values in {
    "country": ["USA", "ca", "Germany"],
    "country-code": ["US", "ca", "DE"],
    "idn-email": ["ar@acme.com", "Ärger@example.de"],
    "phone-number": ["+14155552671", "(212) 555-0123", "+49 30 901820"],
    "time-zone": ["America/New_York", "Europe/Berlin", "UTC"],
}.items():
    schemathesis.openapi.format(name, strategies.sampled_from(values))


@schemathesis.hook
def before_call(
    _context: schemathesis.HookContext,
    case: schemathesis.Case[Any],
    _arguments: dict[str, Any],
) -> None:
    """Make acceptable idempotency keys fresh, and take turns with the tokens.

    With one key for many bodies, every response but the first would be a conflict. With several
    tokens, the requests a second that one may send do not bound the run.
    """
    headers = case.headers
    if _ACCEPTABLE_KEY.fullmatch(str(headers.get("Idempotency-Key", ""))):
        headers["Idempotency-Key"] = str(uuid.uuid4())
    if headers.get("Authorization") == f"Bearer {os.environ['REGISTRY_TOKEN']}":
        headers["Authorization"] = f"Bearer {next(_tokens)}"
