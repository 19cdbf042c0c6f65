"""Requests of the registry's own page about erasures."""

from registry.gateway.operation import Example

_BODY = {
    "client": "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    "reason": "Request of 9 June, ticket 4711",
}
ERASE = Example(title="A person asked to be erased", body=_BODY)
PREVIEW = Example(title="What that would remove", body=_BODY, query={"preview": "true"})
