"""What the operations on erasures mean; see `registry.gateway.prose`."""

from registry.gateway.prose import FieldProse, OperationProse, TagProse

TAGS: TagProse = {
    "erasures": "Clients removed for good, with everything they left behind.",
}

OPERATIONS: OperationProse = {
    "create_erasure": (
        "Begins to erase a client with everything it left. It cannot be undone. With "
        "`preview=true` it shows what would be removed and removes nothing."
    ),
    "get_erasure": "Returns an erasure, with its receipt when it is done.",
}

FIELDS: FieldProse = {
    "erasures.{id}": ("The id of the erasure.", "019eb200-1a2b-7c3d-8e4f-5a6b7c8d9e0f"),
}
