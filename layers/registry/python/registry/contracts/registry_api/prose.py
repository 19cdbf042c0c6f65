"""What all resources of the registry's own contract share; see `registry.gateway.prose`."""

from registry.gateway.prose import FieldProse

FIELDS: FieldProse = {
    "{id}": (
        "The id of a client of this workspace and mode, or an id that a vendor gave it.",
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
    ),
    "Problem.type": (
        (
            "The name of the error, for programs: `urn:client-registry:problem:` and its kind. "
            "It does not change."
        ),
        "urn:client-registry:problem:invalid",
    ),
    "title": ("The kind of the error in words.", "Invalid"),
    "Problem.status": ("The HTTP status of the response.", 422),
    "detail": ("A sentence for people. Its wording may change.", "Some fields cannot be accepted."),
    "errors": ("Every field, parameter and header that cannot be accepted.", None),
    "field": ("The name of a field of the body; nested names are dotted.", "address.country"),
    "parameter": ("The name of a query parameter or a header, in place of `field`.", "limit"),
    "code": ("What is wrong with it, for programs.", "string_too_long"),
    "ProblemOfField.detail": ("What is wrong with it, in a sentence.", "notes must be a string."),
    "limit": ("How many records a page has at most.", 50),
    "after": (
        (
            "The `next` of the page before. It counts in the same list with the same filters, in"
            " the same workspace and mode."
        ),
        "eyJwIjpbIjAxOWVhZDU3Il19",
    ),
    "next": (
        "The `after` of the next page; null at the end of the list.",
        "eyJwIjpbIjAxOWVhZDU3Il19",
    ),
}
