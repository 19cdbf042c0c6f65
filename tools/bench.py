"""`python -m tools.bench`: the processor time of a function, cold and warm, without any network.

Cold: processor time to import a function's module and make its client, in a fresh interpreter, as a
ratio to importing botocore and making a client alone, the least that a function on DynamoDB needs.
Warm: processor time of one invocation with the function's example event, while DynamoDB responds at
once from memory; botocore's own work on request and response is included. Both are medians of
several runs. The machine's load changes the times, and the ratios much less.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final, cast

import typer
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from rich.console import Console
from rich.table import Column, Table

from registry.domain.change import Author, create
from registry.domain.identifiers import created_at, new_id
from registry.domain.tenant import Tenant
from registry.store.dynamodb import dynamodb_client
from registry.store.items import client_item

ROOT: Final = Path(__file__).parents[1]
ENVIRONMENT: Final = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "us-east-1",
    "CLIENTS_TABLE": "clients",
    "CREDENTIALS_TABLE": "credentials",
    "IDEMPOTENCY_TABLE": "idempotency",
    "LOG_LEVEL": "CRITICAL",
    "POWERTOOLS_METRICS_NAMESPACE": "ClientRegistry",
    "POWERTOOLS_SERVICE_NAME": "bench",
}
COLD: Final = """
import sys, time
start = time.process_time()
{code}
print(time.process_time() - start, len(sys.modules))
"""
FLOOR: Final = "import botocore.session; botocore.session.get_session().create_client('dynamodb')"
WORK: Final = (
    "import importlib; importlib.import_module('{module}')\n"
    "from registry.store.dynamodb import dynamodb_client; dynamodb_client()"
)

Json = dict[str, Any]


def main(
    runs: Annotated[int, typer.Option(help="Fresh interpreters per function.")] = 5,
    invocations: Annotated[int, typer.Option(help="Warm invocations per function.")] = 200,
) -> None:
    """Measure every function that has an example event."""
    os.environ |= ENVIRONMENT
    floor, _ = cold(FLOOR, runs)
    table = Table(
        Column("function", no_wrap=True),
        "cold / botocore",
        "cold ms",
        "modules",
        "warm ms",
        "response",
    )
    for event in sorted((ROOT / "events").glob("*/*.json")):
        module = f"{event.parent.name}.{event.stem}"
        seconds, modules = cold(WORK.format(module=module), runs)
        warm_ms, response = warm(import_module(module).handler, event, invocations)
        table.add_row(
            module,
            f"{seconds / floor:.2f}",
            f"{seconds * 1000:.0f}",
            str(modules),
            f"{warm_ms:.2f}",
            response,
        )
    Console().print(table)


def cold(code: str, runs: int) -> tuple[float, int]:
    """Median processor seconds of code in a fresh interpreter, and the modules loaded by it."""
    command = [sys.executable, "-c", COLD.format(code=code)]
    outputs = [
        subprocess.run(
            command, check=True, capture_output=True, text=True, env=os.environ
        ).stdout.split()
        for _ in range(runs)
    ]
    return statistics.median(float(seconds) for seconds, _ in outputs), int(outputs[0][1])


def warm(handler: Callable[[Json, None], Json], path: Path, times: int) -> tuple[float, str]:
    """Median processor milliseconds of an invocation, and the status of its response."""
    event: Json = json.loads(path.read_text("utf-8"))
    memory = Memory(event)
    events = dynamodb_client().meta.events
    send: Any = memory.send
    events.register_first("before-send.dynamodb", send)
    durations = []
    # The metrics that a function prints do not belong in the table.
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        response = handler(event, None)
        for _ in range(times):
            start = time.process_time()
            handler(event, None)
            durations.append(time.process_time() - start)
    events.unregister("before-send.dynamodb", send)
    return statistics.median(durations) * 1000, str(response.get("statusCode", "policy"))


class Memory:
    """A DynamoDB that holds the one client an event speaks of, and lists pages of 25 like it."""

    def __init__(self, event: Json) -> None:
        caller = event["requestContext"].get("authorizer") or {}
        client_id = (event.get("pathParameters") or {}).get("id") or new_id()
        change = create(Author("bench", created_at(client_id)), name="Acme Co", notes="n" * 200)
        tenant = Tenant(caller.get("workspaceId", ""), caller.get("mode", ""))
        self._client = client_item(tenant, change.client)
        self._client["sk"] = {"S": f"CLIENT#{client_id}"}

    def send(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        """Respond to a request at once."""
        target = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).split(".")[1]
        body = json.dumps(
            self._respond(operation, json.loads(cast("bytes", request.body)))
        ).encode()
        headers = HTTPHeaders.from_dict({"Content-Type": "application/x-amz-json-1.0"})
        return AWSResponse(request.url, 200, headers, _Raw(body))

    def _respond(self, operation: str, parameters: Json) -> Json:
        """The response of an operation as JSON; of any other than a read, an empty one."""
        match operation:
            case "GetItem":
                found = parameters["Key"].get("sk", {}).get("S", "").startswith("CLIENT#")
                return {"Item": self._client} if found else {}
            case "Query":
                values = json.dumps(parameters["ExpressionAttributeValues"])
                listed = "CLIENT#" in values or "search_pk" in parameters["KeyConditionExpression"]
                return {"Items": [self._client] * 25 if listed else [], "Count": 25}
            case "BatchGetItem":
                tables = parameters["RequestItems"]
                held = {table: [self._client] if table == "clients" else [] for table in tables}
                return {"Responses": held, "UnprocessedKeys": {}}
        return {}


class _Raw:
    """The body of a response as botocore reads it from urllib3."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: object) -> list[bytes]:
        return [self._body]


if __name__ == "__main__":
    typer.run(main)
