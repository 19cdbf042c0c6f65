"""What CloudFormation makes of the template: within its limits, in an order, and no more allowed.

Sources: "Understand CloudFormation quotas", CloudFormation User Guide; "Amazon API Gateway quotas",
API Gateway Developer Guide.
"""

import json
import re
from itertools import pairwise
from typing import Any

import pytest

from registry.domain.workspace import CONTRACTS, UsagePlan
from tests.transformed import Allowed, allowed_to, listed, resources, transformed

Json = dict[str, Any]

FUNCTIONS = sorted(resources("AWS::Lambda::Function"))
APIS = [f"{profile.logical_id}Api" for profile in CONTRACTS.values()]
every_function = pytest.mark.parametrize("function", FUNCTIONS)
MAX_RESOURCES, MAX_PARAMETERS, MAX_OUTPUTS, MAX_BYTES = 500, 200, 200, 1024 * 1024
MAX_VERSION_DESCRIPTION = 256
MAX_ALARM_METRICS = 10
# What a function is configured with, beside its code; a change of it makes a new version.
PARAMETERS_OF_A_VERSION = {"Architecture", "SnapStart", "Tracing", "LogLevel", "DynamoDBClient"}


def log_group(function: str) -> str:
    return str(resources()[function]["Properties"]["LoggingConfig"]["LogGroup"]["Ref"])


def referenced(value: object) -> set[str]:
    """The logical ids and parameters that a part of the template names."""
    match value:
        case {"Ref": str(name)}:
            return {name}
        case {"Fn::GetAtt": [str(name), *_]}:
            return {name}
        case {"Fn::Sub": str(text)}:
            return {name.split(".")[0] for name in re.findall(r"\$\{([\w.:]+)\}", text)}
        case dict():
            return set().union(*map(referenced, value.values()))
        case list():
            return set().union(*map(referenced, value))
    return set()


def waits_for(name: str) -> set[str]:
    """Every resource that CloudFormation makes before this one."""
    found: set[str] = set()
    pending = [name]
    while pending:
        resource = resources()[pending.pop()]
        needed = set(listed(resource.get("DependsOn", []))) | referenced(resource["Properties"])
        pending += (needed & resources().keys()) - found
        found |= needed & resources().keys()
    return found


def test_the_template_fits_into_cloudformation() -> None:
    template = transformed()

    assert len(template["Resources"]) <= MAX_RESOURCES
    assert len(template["Parameters"]) <= MAX_PARAMETERS
    assert len(template["Outputs"]) <= MAX_OUTPUTS
    assert len(json.dumps(template)) <= MAX_BYTES


def test_every_alarm_takes_as_many_metrics_as_cloudwatch_allows() -> None:
    metrics = {
        name: sum("MetricStat" in metric for metric in alarm["Properties"].get("Metrics", []))
        for name, alarm in resources("AWS::CloudWatch::Alarm").items()
    }

    assert {name for name, count in metrics.items() if count > MAX_ALARM_METRICS} == set()


def test_one_api_is_made_after_the_other() -> None:
    for before, after in pairwise(APIS):
        assert f"{before}liveStage" in waits_for(after)


def test_one_usage_plan_is_made_after_the_other() -> None:
    plans = [f"{plan.capitalize()}UsagePlan" for plan in UsagePlan]

    assert sorted(plans) == sorted(resources("AWS::ApiGateway::UsagePlan"))
    for before, after in pairwise(plans):
        assert before in waits_for(after)


@every_function
def test_a_function_writes_to_its_own_log_group_only(function: str) -> None:
    logged = {each for each in allowed_to(function) if each.action.startswith("logs:")}

    assert logged == {
        Allowed("logs:CreateLogStream", log_group(function)),
        Allowed("logs:PutLogEvents", log_group(function)),
    }


def test_beside_tables_and_logs_functions_reach_the_queue_and_the_key_of_webhooks() -> None:
    reached = {
        (each.action, each.resource): {
            name for name in FUNCTIONS if each.action in {a.action for a in allowed_to(name)}
        }
        for function in FUNCTIONS
        for each in allowed_to(function)
        if each.action.partition(":")[0] not in {"dynamodb", "logs"}
    }

    assert {resource for _, resource in reached} == {"WebhookQueue", "WebhookKey"}
    # Who encrypts secrets cannot read them, and who reads them makes none.
    assert reached["kms:Decrypt", "WebhookKey"] == {"Deliver"}
    assert "Deliver" not in reached["kms:Encrypt", "WebhookKey"]
    for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"):
        assert reached[f"sqs:{action}", "WebhookQueue"] == {"Deliver"}


@every_function
def test_a_function_writes_to_x_ray_only_when_it_is_traced(function: str) -> None:
    assert allowed_to(function, traced=True) - allowed_to(function) == {
        Allowed("xray:PutTraceSegments", "*"),
        Allowed("xray:PutTelemetryRecords", "*"),
    }


@every_function
def test_a_role_is_for_one_function(function: str) -> None:
    roles = [resources()[each]["Properties"]["Role"]["Fn::GetAtt"][0] for each in FUNCTIONS]

    assert roles.count(f"{function}Role") == 1


def test_the_token_endpoint_touches_only_the_keys_it_needs() -> None:
    allowed = {
        each for each in allowed_to("AlternativePaymentsIssueToken") if "dynamodb" in each.action
    }

    assert allowed == {
        Allowed("dynamodb:GetItem", "CredentialsTable", "CREDENTIAL#*"),
        Allowed("dynamodb:UpdateItem", "CredentialsTable", "ISSUED#*"),
        Allowed("dynamodb:PutItem", "CredentialsTable", "TOKEN#*"),
    }


def test_only_its_own_api_calls_a_function_and_by_one_method_and_path() -> None:
    for name, permission in resources("AWS::Lambda::Permission").items():
        if permission["Properties"]["Principal"] == "events.amazonaws.com":
            assert name == "ProbeEachMinutePermission"
            continue
        text, values = permission["Properties"]["SourceArn"]["Fn::Sub"]
        assert values["__ApiId__"]["Ref"] in APIS, name
        _, of_api = text.split("${__ApiId__}/")
        if not name.endswith("CredentialAuthorizerPermission"):
            assert re.fullmatch(r"\$\{__Stage__\}/[A-Z]+(/[\w{}*-]+)+", of_api), name


@every_function
def test_a_changed_parameter_makes_a_new_version(function: str) -> None:
    properties = resources()[function]["Properties"]
    named = {
        parameter
        for parameter in referenced(properties) & transformed()["Parameters"].keys()
        # Concurrency belongs to the function and not to a version of it.
        if not parameter.endswith("Concurrency")
    }
    (version,) = (
        each["Properties"]["Description"]["Fn::Sub"]
        for each in resources("AWS::Lambda::Version").values()
        if each["Properties"]["FunctionName"] == {"Ref": function}
    )

    described = set(re.findall(r"\$\{(\w+)\}", version))

    assert described >= named | PARAMETERS_OF_A_VERSION
    # Whole numbers of as many digits as anybody deploys.
    assert len(re.sub(r"\$\{\w+\}", "9" * 17, version)) <= MAX_VERSION_DESCRIPTION


@every_function
def test_lambda_never_filters_above_the_level_of_a_metric(function: str) -> None:
    logging = resources()[function]["Properties"]["LoggingConfig"]

    assert logging["LogFormat"] == "JSON"
    assert logging["ApplicationLogLevel"] == {"Fn::If": ["LogsDebug", "DEBUG", "INFO"]}


@pytest.mark.parametrize("api", APIS)
def test_every_method_of_an_api_has_a_limit_and_every_stage_takes_a_firewall(api: str) -> None:
    stage = resources()[f"{api}liveStage"]["Properties"]
    firewalls = [
        firewall
        for firewall in resources("AWS::WAFv2::WebACLAssociation").values()
        if {api, f"{api}liveStage"} <= referenced(firewall["Properties"])
    ]

    assert stage["MethodSettings"][0] == {
        "HttpMethod": "*",
        "ResourcePath": "/*",
        "ThrottlingRateLimit": {"Ref": "MethodRate"},
        "ThrottlingBurstLimit": {"Ref": "MethodBurst"},
    }
    assert [firewall["Condition"] for firewall in firewalls] == ["HasWebAcl"]


@pytest.mark.parametrize("api", APIS)
def test_with_a_domain_an_api_answers_under_no_other_name(api: str) -> None:
    servers = resources()[api]["Properties"]["Body"]["servers"]

    assert servers == [
        {
            "x-amazon-apigateway-endpoint-configuration": {
                "disableExecuteApiEndpoint": {"Fn::If": ["HasDomain", True, False]}
            }
        }
    ]
