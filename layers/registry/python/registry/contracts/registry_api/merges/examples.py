"""Requests of the registry's own page about merges."""

from registry.gateway.operation import Example

_PAIR = {
    "survivor": "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    "absorbed": "019ead58-2b11-7f05-8a3c-1d2e3f4a5b6c",
}
MERGE = Example(
    title="Two clients become one; the e-mail address of the absorbed one counts",
    body={**_PAIR, "fields": {"email": "absorbed"}},
)
PREVIEW = Example(title="What that would do", body=_PAIR, query={"preview": "true"})
LIST = Example(title="The latest hundred", query={"limit": "100"})
