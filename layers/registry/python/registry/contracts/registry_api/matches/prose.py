"""What the operations on pairs of clients mean; see `registry.gateway.prose`."""

from registry.gateway.prose import FieldProse, OperationProse, TagProse

TAGS: TagProse = {
    "matches": "Pairs of clients that may be one and the same.",
}

OPERATIONS: OperationProse = {
    "list_client_matches": (
        "Returns the pairs that a client is in, newest first, dismissed ones too, each "
        "with what speaks for it."
    ),
    "list_matches": (
        "Returns the pairs of the workspace that nobody has judged, newest first, or "
        "those with one verdict. Pairs are found a moment after a client changes. Nothing"
        " merges by itself."
    ),
    "judge_match": (
        "Says of a pair that they are two clients (`dismissed`), or takes that back "
        "(`open`). To say that they are one, merge them."
    ),
}

FIELDS: FieldProse = {
    "matches.{id}": (
        (
            "The id of the pair: the ids of its two clients, the older one first, with a point "
            "between."
        ),
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5.019ead58-2b11-7f05-8a3c-1d2e3f4a5b6c",
    ),
}
