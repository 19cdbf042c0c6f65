"""What the operations on merges mean; see `registry.gateway.prose`."""

from registry.gateway.prose import FieldProse, OperationProse, TagProse

TAGS: TagProse = {
    "merges": "Two clients made one, and undone.",
}

OPERATIONS: OperationProse = {
    "merge_clients": (
        "Merges a client into another one, the survivor; both ids go on answering. With "
        "`preview=true` it shows what that would do and writes nothing. `If-Match` is "
        "about the survivor's version."
    ),
    "list_merges": "Returns the merges of the workspace, newest first, undone ones too.",
    "get_merge": "Returns a merge: whose value counted in each field that differed, and why.",
    "undo_merge": (
        "Undoes the latest merge of a client: the absorbed one comes back as it was, and "
        "the survivor's fields go back unless they were edited since. A repeated request "
        "has the same response."
    ),
}

FIELDS: FieldProse = {
    "merges.{id}": ("The id of the merge.", "019eb100-7c3d-7a10-9b2f-0c1d2e3f4a5b"),
}
