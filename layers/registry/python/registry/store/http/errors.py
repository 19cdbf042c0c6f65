"""What a call ends with when it does not end with DynamoDB's result."""

from typing import Any


class NoResponse(Exception):
    """No response that can be believed came back; the request may have been carried out."""


class Closed(NoResponse):
    """The peer closed the connection before the first byte of a response."""


class MissingCredentials(Exception):
    """The environment has neither credentials nor the address of any."""


class Refused(Exception):
    """DynamoDB responded with an error.

    Attributes:
        response: in the shape of botocore's `ClientError.response`: `Error` with `Code` and
            `Message`, `ResponseMetadata` with `HTTPStatusCode`, and what else the error holds,
            such as `CancellationReasons`.
        date: the `Date` header, when there was one.
    """

    def __init__(self, response: dict[str, Any], date: str | None) -> None:
        error = response["Error"]
        super().__init__(f"{error['Code']}: {error['Message']}")
        self.response = response
        self.date = date

    @property
    def code(self) -> str:
        """The name of the error, such as `ConditionalCheckFailedException`."""
        code: str = self.response["Error"]["Code"]
        return code
