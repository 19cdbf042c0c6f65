"""Who takes part, and one run of each in a process of its own."""

import base64
import json
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tools.bench.sites import ROOT, Sites

WORKER: Final = Path(__file__).with_name("worker.py")
FLOOR: Final = "floor"
# The requests of one contestant before the next one has its turn.
_TURN: Final = 25

Json = dict[str, Any]

# A body that has something in each of its fields, so that nothing a create can cost is left out.
_BODY: Final = {
    "name": "Acme Co",
    "email": "ar@acme.com",
    "phone": "(415) 555-2671",
    "company": "Acme Company, Inc.",
    "usageType": "commercial",
    "address": {
        "line1": "548 Market Street",
        "line2": "Suite 200",
        "city": "San Francisco",
        "state": "CA",
        "postalCode": "94104",
        "country": "US",
    },
    "timezone": "America/Los_Angeles",
    "notes": "Prefers invoices by e-mail.",
    "emailConsent": True,
    "smsConsent": True,
}


@dataclass(frozen=True, slots=True)
class Contestant:
    """A Lambda function.

    Attributes:
        name: how the table names it.
        module: the module with its `handler`.
        path: where it imports from.
        environment: its variables beside those that all have.
    """

    name: str
    module: str
    path: tuple[Path, ...]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """What one process measured.

    Attributes:
        imported, first: processor seconds of the import, and of the first request after it.
        creates, replays: processor seconds of each warm request.
        calls: requests to DynamoDB, for each create and for each replay.
        modules: how many are loaded after the first request.
        megabytes: the peak of the memory.
    """

    imported: float
    first: float
    creates: list[float]
    replays: list[float]
    calls: tuple[float, float]
    modules: int
    megabytes: float

    @property
    def cold(self) -> float:
        """Processor seconds from the start of the import to the response of the first request."""
        return self.imported + self.first


def contestants(sites: Sites) -> tuple[Contestant, ...]:
    """The floor, ours and the peers."""
    return (
        Contestant(FLOOR, "floor", sites.peers, {}),
        Contestant("ours", "paytrum.create_client", sites.ours, {}),
        Contestant("Powertools, idempotency", "powertools", sites.peers, {}),
        Contestant("pydantic, resource", "pydantic_resource", sites.peers, {}),
    )


def run(several: Sequence[Contestant], sites: Sites, times: int) -> list[Run]:
    """Measure each contestant once: cold, then `times` creates, then a replay of each of them.

    They take turns, a few requests each, because a shared machine is now faster and now slower.

    Raises:
        RuntimeError: one does not answer 201, or a replay with another body than its create.
    """
    events = [event(f"bench-{number}") for number in range(times + 1)]
    turns = [events[start : start + _TURN] for start in range(1, len(events), _TURN)]
    with ExitStack() as stack:
        workers = [stack.enter_context(_worker(each, sites)) for each in several]
        cold = [
            (_ask(worker, each.module)["seconds"], _invoke(worker, events[:1]))
            for worker, each in zip(workers, several, strict=True)
        ]
        creates, replays = (
            [[_invoke(worker, turn) for worker in workers] for turn in turns] for _ in range(2)
        )
    return [
        _run_of(
            each,
            *cold[number],
            *([turn[number] for turn in all_of] for all_of in (creates, replays)),
        )
        for number, each in enumerate(several)
    ]


def _run_of(
    contestant: Contestant, imported: float, first: Json, creates: list[Json], replays: list[Json]
) -> Run:
    """The run of a contestant that answered like this, turn by turn.

    Raises:
        RuntimeError: it replayed another response than it had given.
    """
    given, replayed = (
        [response["body"] for turn in turns for response in turn["responses"]]
        for turns in (creates, replays)
    )
    if given != replayed or len(set(given)) != len(given):
        raise RuntimeError(f"{contestant.name} replayed another response than it had given")
    return Run(
        imported=imported,
        first=first["seconds"][0],
        creates=[seconds for turn in creates for seconds in turn["seconds"]],
        replays=[seconds for turn in replays for seconds in turn["seconds"]],
        calls=(_calls(creates) / len(given), _calls(replays) / len(given)),
        modules=first["modules"],
        megabytes=replays[-1]["megabytes"],
    )


def _calls(turns: list[Json]) -> int:
    return sum(turn["calls"] for turn in turns)


def event(key: str) -> Json:
    """The example event of Paytrum's create with a full body and this idempotency key."""
    text = (ROOT / "events/paytrum/create_client.json").read_text("utf-8")
    made: Json = json.loads(text)
    made["headers"]["Idempotency-Key"] = key
    made["multiValueHeaders"]["Idempotency-Key"] = [key]
    made["body"] = base64.b64encode(json.dumps(_BODY).encode()).decode()
    made["isBase64Encoded"] = True
    return made


@contextmanager
def _worker(contestant: Contestant, sites: Sites) -> "Iterator[subprocess.Popen[str]]":
    """A process that has imported nothing of the contestant yet."""
    # It accepts connections by itself, and nobody ever speaks on them: see engine.py.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        environment = _environment(contestant, sites, f"https://127.0.0.1:{port}")
        # Without `site`, nothing that is installed on this machine is imported. Powertools warns of
        # each replay that it has no metrics.
        command = [str(sites.python), "-S", "-W", "ignore", str(WORKER)]
        with subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            yield process
            if process.stdin is not None:
                process.stdin.close()


def _environment(contestant: Contestant, sites: Sites, endpoint: str) -> dict[str, str]:
    """The variables of a function, as Lambda and the template set them."""
    return {
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_SESSION_TOKEN": "bench",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "SSL_CERT_FILE": str(sites.certificates),
        "CLIENTS_TABLE": "clients",
        "IDEMPOTENCY_TABLE": "idempotency",
        "LOG_LEVEL": "INFO",
        "POWERTOOLS_METRICS_NAMESPACE": "ClientRegistry",
        "POWERTOOLS_SERVICE_NAME": "paytrum",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, contestant.path)),
        **contestant.environment,
    }


def _ask(worker: "subprocess.Popen[str]", command: str) -> Json:
    """The answer of a worker to a command.

    Raises:
        RuntimeError: it has ended; its traceback is on stderr.
    """
    if worker.stdin is None or worker.stdout is None:
        raise RuntimeError("the worker has no pipes")
    worker.stdin.write(command + "\n")
    worker.stdin.flush()
    line = worker.stdout.readline()
    if not line:
        raise RuntimeError("a contestant ended before it answered")
    answer: Json = json.loads(line)
    return answer


def _invoke(worker: "subprocess.Popen[str]", events: list[Json]) -> Json:
    """The answer of a worker to these events, each of which has to create a client."""
    answer = _ask(worker, json.dumps([json.dumps(each) for each in events]))
    statuses = {response["statusCode"] for response in answer["responses"]}
    if statuses != {201}:
        raise RuntimeError(f"a create was answered with {statuses}: {answer['responses'][0]}")
    return answer
