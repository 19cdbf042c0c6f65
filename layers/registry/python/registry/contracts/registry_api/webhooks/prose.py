"""What the operations on webhooks mean; see `registry.gateway.prose`."""

from registry.gateway.prose import FieldProse, OperationProse, TagProse

TAGS: TagProse = {
    "webhooks": "Addresses that are told of events, and what became of each attempt.",
}

OPERATIONS: OperationProse = {
    "create_webhook": (
        "Creates a webhook: an https address that is told of events of the types it "
        "names. Its secret is shown in this response only."
    ),
    "list_webhooks": "Returns the webhooks of the workspace, oldest first, without their secrets.",
    "update_webhook": (
        "Changes the settings that the body names. A webhook that is enabled again is "
        "told of what it missed."
    ),
    "delete_webhook": "Deletes a webhook. What is queued for it is not sent.",
    "rotate_webhook": (
        "Gives a webhook a new secret, shown in this response only. The old one signs "
        "beside it for a day."
    ),
    "test_webhook": "Queues a test for the webhook, to see whether its address answers.",
    "list_deliveries": "Returns the attempts to tell a webhook of events, newest first.",
    "redeliver": "Sends an event to a webhook again, or now where it waits for its next attempt.",
}

FIELDS: FieldProse = {
    "webhooks.{id}": ("The id of the webhook.", "019eb0f3-5a2c-7d14-8f6b-2c3d4e5f6a7b"),
    "{event_id}": (
        "The id of the event: the client's id and the version that the change made.",
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5.3",
    ),
}
