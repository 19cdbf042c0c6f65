"""Features of API Gateway and Lambda that template.yaml needs and the emulator lacks.

Each function here closes one gap of MiniStack by wrapping functions of its modules. It is written
against one version, and :func:`close_gaps` refuses any other. For a newer MiniStack, delete the
gaps that it has closed itself, test the others, and change :data:`SUPPORTED`.

Some gaps stay open. Of an event source that is a DynamoDB stream, the emulator stores what follows
and pays no heed to it:

* bisecting a batch that failed (`BisectBatchOnFunctionError`), so that it comes again whole;
* the limits of retries and of a record's age, so that it comes again without end;
* the time to wait for a fuller batch, and the number of batches of a shard at a time;
* failures of single records (`ReportBatchItemFailures`): a record that is reported is lost.

A stream has one shard, and what time to live deletes is not in it. No function on the stream needs
any of these to be right: each takes a batch that comes again, parks the records it cannot take, and
fails for a fault of AWS alone. `tests/unit/projections` holds it to that, record by record.
"""
# ruff: noqa: SLF001 (the gaps are closed from inside)

import copy
import re
import time
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Final

from ministack.core import iam_actions, lambda_runtime
from ministack.core.sigv4 import decode_header_value
from ministack.services import apigateway_v1, dynamodb, lambda_svc
from ministack.services.cloudformation import provisioners

SUPPORTED: Final = "1.5.33"
WORKERS_PER_FUNCTION: Final = 4
INTEGRATION_TIMEOUT_SECONDS: Final = 29.0
# How much longer than on AWS anything may take. There each function has a processor of its own;
# here all functions, the emulator and the caller share a few.
PATIENCE: Final = 10

_USAGE_KEY: Final = "usageIdentifierKey"
_GATEWAY_RESPONSES: Final = "x-amazon-apigateway-gateway-responses"
_UNKNOWN_ROUTE: Final = "MISSING_AUTHENTICATION_TOKEN"
_FUNCTION_FAILED: Final = 502
_REFUSED: Final = 400


class UnsupportedEmulatorError(RuntimeError):
    """The installed MiniStack is not the one the gaps were closed for."""


@dataclass(frozen=True, slots=True)
class _Caller:
    """The authorizer's decision about the current request."""

    usage_key: str = ""
    context: Mapping[str, str] = field(default_factory=dict)


_caller: ContextVar[_Caller] = ContextVar("caller")
_headers: ContextVar[Mapping[str, list[str]]] = ContextVar("headers")


def close_gaps() -> None:
    """Make the emulator behave as AWS does where template.yaml depends on it.

    Raises:
        UnsupportedEmulatorError: another version of MiniStack is installed.
    """
    installed = version("ministack")
    if installed != SUPPORTED:
        message = f"The local stack works with MiniStack {SUPPORTED}; {installed} is installed."
        raise UnsupportedEmulatorError(message)
    _take_api_keys_from_the_authorizer()
    _map_headers_from_the_authorizer()
    _import_gateway_responses()
    _shape_function_failures()
    _read_stray_signatures()
    _tell_repeated_headers_apart()
    _throttle_methods()
    _read_binary_media_types()
    _match_whole_arns()
    _flush_authorizer_caches()
    _give_functions_time()
    _queue_invocations()
    _accept_metric_math()
    _keep_stream_records()
    _permit_batches_of_messages()


def _take_api_keys_from_the_authorizer() -> None:
    """Apply ``ApiKeySourceType: AUTHORIZER``.

    The key travels within the authorizer's context, since that is what the emulator caches; it is
    taken out again before the function sees the context.
    """
    invoke_authorizer = apigateway_v1._invoke_authorizer_lambda
    authorize = apigateway_v1._authorize_request_v1

    async def invoke_keeping_the_key(*arguments: Any) -> Any:  # noqa: ANN401 (passed through)
        result = await invoke_authorizer(*arguments)
        policy = (result or {}).get("body")
        if isinstance(policy, dict) and policy.get(_USAGE_KEY):
            context = policy.get("context") or {}
            policy["context"] = {**context, _USAGE_KEY: policy[_USAGE_KEY]}
        return result

    async def authorize_keeping_the_caller(*arguments: Any) -> Any:  # noqa: ANN401
        error, cached = await authorize(*arguments)
        context = dict(cached or {})
        usage_key = context.pop(_USAGE_KEY, "")
        _caller.set(_Caller(usage_key, context))
        return error, None if cached is None else context

    apigateway_v1._invoke_authorizer_lambda = invoke_keeping_the_key
    apigateway_v1._authorize_request_v1 = authorize_keeping_the_caller
    apigateway_v1._api_key_from_request = lambda _headers: _caller.get().usage_key


def _map_headers_from_the_authorizer() -> None:
    """Let the headers of gateway responses map ``context.authorizer.<name>``."""
    request_value = apigateway_v1._gateway_request_value
    prefix = "context.authorizer."

    def value(source: str, request: Mapping[str, Any]) -> Any:  # noqa: ANN401
        if source.startswith(prefix):
            return _caller.get(_Caller()).context.get(source.removeprefix(prefix))
        return request_value(source, request)

    apigateway_v1._gateway_request_value = value


def _import_gateway_responses() -> None:
    """Import gateway responses with the OpenAPI body that carries them."""
    import_api = apigateway_v1._import_rest_api

    def import_with_responses(spec: Mapping[str, Any], *arguments: Any) -> Any:  # noqa: ANN401
        api_id = import_api(spec, *arguments)
        for response_type, response in spec.get(_GATEWAY_RESPONSES, {}).items():
            put = apigateway_v1._put_gateway_response(api_id, response_type, response)
            if put[0] >= _REFUSED:
                raise ValueError(f"{response_type}: {put[2]!r}")
        return api_id

    apigateway_v1._import_rest_api = import_with_responses


def _shape_function_failures() -> None:
    """Return the ``DEFAULT_5XX`` gateway response for a function that crashed or timed out."""
    invoke_proxy = apigateway_v1._invoke_lambda_proxy_v1

    async def invoke(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        response = await invoke_proxy(*arguments, **options)
        if isinstance(response, tuple) and response[0] == _FUNCTION_FAILED:
            return apigateway_v1._gw_error("DEFAULT_5XX", "Internal server error")
        return response

    apigateway_v1._invoke_lambda_proxy_v1 = invoke


def _read_stray_signatures() -> None:
    """Take an ``Authorization`` header on an unknown path or method for a signature of AWS.

    Without a route API Gateway reads the header as Signature Version 4, finds none, and returns
    the gateway response ``DEFAULT_4XX``. It returns ``MISSING_AUTHENTICATION_TOKEN`` only without
    the header; the emulator does so in both cases.
    """
    respond = apigateway_v1._gateway_error_response

    def respond_to_signatures(error: Any, request: Mapping[str, Any]) -> Any:  # noqa: ANN401
        signed = any(
            name.lower() == "authorization" and value for name, value in request["headers"].items()
        )
        if signed and error.response_type == _UNKNOWN_ROUTE:
            error = apigateway_v1._GatewayError(
                "DEFAULT_4XX",
                "Authorization header requires 'Credential' parameter.",
                "IncompleteSignatureException",
            )
        return respond(error, request)

    apigateway_v1._gateway_error_response = respond_to_signatures


def receive_headers(lines: Iterable[tuple[bytes, bytes]]) -> None:
    """Keep the header lines of the request at hand, which the emulator joins by name."""
    headers: dict[str, list[str]] = {}
    for name, value in lines:
        headers.setdefault(name.decode("latin-1").lower(), []).append(decode_header_value(value))
    _headers.set(headers)


def _tell_repeated_headers_apart() -> None:
    """Give events every line of a repeated header, and the last one as its single value.

    Source: "Input format of a Lambda function for proxy integration", API Gateway Developer Guide.
    """
    build = apigateway_v1._build_lambda_event_v1
    invoke_authorizer = apigateway_v1._invoke_authorizer_lambda

    def with_lines(event: dict[str, Any]) -> dict[str, Any]:
        for name, values in _headers.get({}).items():
            if len(values) > 1 and name in event.get("multiValueHeaders", {}):
                event["headers"][name] = values[-1]
                event["multiValueHeaders"][name] = values
        return event

    def build_with_lines(*arguments: Any, **options: Any) -> dict[str, Any]:  # noqa: ANN401
        return with_lines(build(*arguments, **options))

    async def invoke_with_lines(
        authorizer: Any,  # noqa: ANN401 (passed through)
        event: dict[str, Any],
        *arguments: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        return await invoke_authorizer(authorizer, with_lines(event), *arguments)

    apigateway_v1._build_lambda_event_v1 = build_with_lines
    apigateway_v1._invoke_authorizer_lambda = invoke_with_lines


def _throttle_methods() -> None:
    """Find a method throttle by its path, which a template writes as ``/~1oauth~1token``."""
    read_settings = provisioners._apigw_method_settings

    def read_with_paths(settings: Any) -> Any:  # noqa: ANN401 (passed through)
        by_method = read_settings(settings)
        return {
            key.replace("/~1", "/").replace("~1", "/"): setting
            for key, setting in by_method.items()
        }

    provisioners._apigw_method_settings = read_with_paths


def _read_binary_media_types() -> None:
    """Read ``~1`` in a binary media type as ``/``, which a template writes so."""
    matches = apigateway_v1._media_type_matches

    def match_unescaped(media_type: str, binary_media_types: list[str]) -> bool:
        types = [binary.replace("~1", "/") for binary in binary_media_types]
        return bool(matches(media_type, types))

    apigateway_v1._media_type_matches = match_unescaped


def _permit_batches_of_messages() -> None:
    """Permit calls for several messages of SQS to who may make those for one: AWS has no others.

    Source: "Actions, resources, and condition keys for Amazon SQS", in the Service Authorization
    Reference.
    """
    action_of = iam_actions._action_from_target

    def action(headers: dict[str, Any]) -> str | None:
        found: str | None = action_of(headers)
        if found is not None and headers.get("x-amz-target", "").startswith("AmazonSQS."):
            return found.removesuffix("Batch")
        return found

    iam_actions._action_from_target = action


def _match_whole_arns() -> None:
    """Match any text with ``*`` in a policy, a line break in a path too."""

    def matches(pattern: str, arn: str) -> bool:
        glob = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
        return re.fullmatch(glob, arn, re.DOTALL) is not None

    apigateway_v1._arn_matches = matches


def _flush_authorizer_caches() -> None:
    """Offer FlushStageAuthorizersCache."""
    handle = apigateway_v1.handle_request

    async def handle_with_flush(method: str, path: str, *arguments: Any) -> Any:  # noqa: ANN401
        match path.strip("/").split("/"):
            case ["restapis", api_id, "stages", stage, "cache", "authorizers"] if (
                method == "DELETE"
            ):
                cache = apigateway_v1._authorizer_cache
                for key in [key for key in cache if (key[2], key[4]) == (api_id, stage)]:
                    del cache[key]
                return 202, {}, b""
        return await handle(method, path, *arguments)

    apigateway_v1.handle_request = handle_with_flush


def _give_functions_time() -> None:
    """Stretch the ``Timeout`` of a function, and with it the deadline that the function is told."""
    make = lambda_runtime.Worker.__init__

    def make_patient(worker: Any, name: str, config: Mapping[str, Any], code: bytes) -> None:  # noqa: ANN401
        make(worker, name, {**config, "Timeout": PATIENCE * config["Timeout"]}, code)

    lambda_runtime.Worker.__init__ = make_patient


def _queue_invocations() -> None:
    """Queue a function's invocations behind a few workers.

    The emulator would start a process for each concurrent invocation, and a burst would spend its
    time on starting Python. An invocation runs on a thread of its own, so it may wait here. No
    function invokes another, so none waits for itself.
    """
    acquire = lambda_svc.acquire_worker
    lambda_runtime._LOCAL_MAX_WORKERS = WORKERS_PER_FUNCTION

    def acquire_in_turn(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        deadline = time.monotonic() + PATIENCE * INTEGRATION_TIMEOUT_SECONDS
        lease = acquire(*arguments, **options)
        while lease[0] is None and time.monotonic() < deadline:
            time.sleep(0.005)
            lease = acquire(*arguments, **options)
        return lease

    lambda_svc.acquire_worker = acquire_in_turn


def _accept_metric_math() -> None:
    """Accept an alarm on metric math as one on its first metric; no alarm notifies anybody here."""
    record = provisioners._cw_metric_alarm_record

    def record_first_metric(name: str, properties: Mapping[str, Any]) -> Any:  # noqa: ANN401
        if "Metrics" not in properties:
            return record(name, properties)
        single = {key: value for key, value in properties.items() if key != "Metrics"}
        stat = next(entry["MetricStat"] for entry in properties["Metrics"] if "MetricStat" in entry)
        statistics = {"Statistic": stat["Stat"], "Period": stat["Period"]}
        return record(name, {**single, **stat["Metric"], **statistics})

    provisioners._cw_metric_alarm_record = record_first_metric


def _keep_stream_records() -> None:
    """Keep the records of streams over a restart, with the positions of their readers.

    The emulator keeps the positions alone. Its streams begin anew, so that a function would miss as
    many changes after a restart as it had read before.
    """
    get_state, load = dynamodb.get_state, dynamodb.load_persisted_state
    kept = {
        "stream_records": dynamodb._stream_records,
        "stream_trimmed": dynamodb._stream_trimmed,
    }

    def get_with_records() -> dict[str, Any]:
        records = {name: copy.deepcopy(value) for name, value in kept.items()}
        return {**get_state(), **records}

    def load_with_records(data: Mapping[str, Any] | None) -> None:
        load(data)
        for name, value in kept.items():
            value.update((data or {}).get(name, {}))

    dynamodb.get_state = get_with_records
    dynamodb.load_persisted_state = load_with_records
