"""A Postman collection of each contract, which Bruno and Insomnia read, too.

It is made from the document. Its variables have base URL and credential: as it is committed, the
local stack's without a key. `filled` puts those of the demo workspace in.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from registry.domain.workspace import Contract
from tools.openapi.document import document

Json = dict[str, Any]

_SCHEMA: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_FORM: Final = "application/x-www-form-urlencoded"
_KEEP_ISSUED: Final = "pm.collectionVariables.set('token', pm.response.json().access_token);"
_CREATED: Final = "201"


def collection_text(contract: Contract) -> str:
    """The collection as it is committed."""
    return json.dumps(collection(contract), ensure_ascii=False, indent=2) + "\n"


def collection(contract: Contract) -> Json:
    """The collection of a contract: a folder for each group, a request for each operation."""
    described = document(contract)
    scheme = next(iter(described["components"]["securitySchemes"].values()))
    folders: dict[str, list[Json]] = {group["name"]: [] for group in described["tags"]}
    for path, item in described["paths"].items():
        for method, operation in item.items():
            folders[operation["tags"][0]].append(_item(path, method, operation))
    return {
        "info": {
            "name": described["info"]["title"],
            "description": described["info"]["description"],
            "schema": _SCHEMA,
        },
        "auth": _auth(scheme),
        "variable": [
            {"key": "base_url", "value": described["servers"][0]["url"]},
            *({"key": name, "value": ""} for name in _secrets(scheme)),
            {"key": "id", "value": _example_of_id(described)},
        ],
        "item": [{"name": name, "item": items} for name, items in folders.items()],
    }


def filled(made: Json, base_url: str, access: Mapping[str, Any]) -> Json:
    """A collection with the base URL and the credential of a stack.

    Args:
        made: the collection of a contract.
        base_url: where the contract is served.
        access: as in `stack.json`: `headers` with the credential, or `client_id` and its secret.
    """
    values = {"base_url": base_url, **access}
    for value in access.get("headers", {}).values():
        values["token"] = value.removeprefix("Bearer ")
    variables = [
        {**each, "value": values.get(each["key"], each["value"])} for each in made["variable"]
    ]
    return {**made, "variable": variables}


def _auth(scheme: Json) -> Json:
    """How the requests of a contract are authenticated."""
    if scheme["type"] == "apiKey":
        fields = {"key": scheme["name"], "value": "{{token}}", "in": scheme["in"]}
        return {"type": "apikey", "apikey": _pairs(fields)}
    return {"type": "bearer", "bearer": _pairs({"token": "{{token}}"})}


def _secrets(scheme: Json) -> tuple[str, ...]:
    """The names of the variables that hold the credential."""
    return ("client_id", "client_secret", "token") if scheme["type"] == "oauth2" else ("token",)


def _item(path: str, method: str, operation: Json) -> Json:
    """The request of an operation, and what it leaves behind for the next ones."""
    parameters = operation.get("parameters", ())
    request: Json = {
        "method": method.upper(),
        "description": operation["description"],
        "url": _url(path, parameters),
        "header": list(_headers(parameters)),
    }
    if "requestBody" in operation:
        ((media_type, content),) = operation["requestBody"]["content"].items()
        request |= _body(media_type, next(iter(content["examples"].values()))["value"], request)
    if not operation["security"]:
        credentials = {"username": "{{client_id}}", "password": "{{client_secret}}"}
        request["auth"] = {"type": "basic", "basic": _pairs(credentials)}
    item: Json = {"name": operation["summary"], "request": request}
    script = _script(operation)
    if script:
        item["event"] = [
            {"listen": "test", "script": {"type": "text/javascript", "exec": [script]}}
        ]
    return item


def _script(operation: Json) -> str:
    """What keeps the token, or the id of a new client, for the requests that follow."""
    if not operation["security"]:
        return _KEEP_ISSUED
    for link in operation["responses"].get(_CREATED, {}).get("links", {}).values():
        pointer = link["parameters"].get("id", "").removeprefix("$response.body#/")
        if pointer:
            place = pointer.replace("/", ".")
            return f"pm.collectionVariables.set('id', pm.response.json().{place});"
    return ""


def _url(path: str, parameters: Any) -> Json:  # noqa: ANN401 - a list of JSON objects, or none
    """The URL: path parameters as variables of their own, query parameters off until wanted."""
    segments = [
        f":{segment.strip('{}')}" if segment.startswith("{") else segment
        for segment in path.strip("/").split("/")
    ]
    return {
        "raw": f"{{{{base_url}}}}/{'/'.join(segments)}",
        "host": ["{{base_url}}"],
        "path": segments,
        "query": [
            {
                "key": each["name"],
                "value": _text(each["schema"]["examples"][0]),
                "description": each["description"],
                "disabled": True,
            }
            for each in parameters
            if each["in"] == "query"
        ],
        "variable": [
            {
                "key": each["name"],
                "value": "{{id}}" if each["name"] == "id" else each["schema"]["examples"][0],
                "description": each["description"],
            }
            for each in parameters
            if each["in"] == "path"
        ],
    }


def _headers(parameters: Any) -> Iterator[Json]:  # noqa: ANN401 - as above
    """The headers; those that are not required are off. A key is fresh for each request."""
    for each in parameters:
        if each["in"] == "header":
            fresh = each["name"] == "Idempotency-Key"
            yield {
                "key": each["name"],
                "value": "{{$guid}}" if fresh else each["schema"]["examples"][0],
                "description": each["description"],
                "disabled": not each["required"],
            }


def _body(media_type: str, example: Json, request: Json) -> Json:
    """The body of a request, with its content type."""
    header = [*request["header"], {"key": "Content-Type", "value": media_type}]
    if media_type == _FORM:
        return {"header": header, "body": {"mode": "urlencoded", "urlencoded": _pairs(example)}}
    raw = json.dumps(example, ensure_ascii=False, indent=2)
    options = {"raw": {"language": "json"}}
    return {"header": header, "body": {"mode": "raw", "raw": raw, "options": options}}


def _example_of_id(described: Json) -> str:
    """The id that stands in the requests until one creates a record."""
    return next(
        str(parameter["schema"]["examples"][0])
        for item in described["paths"].values()
        for operation in item.values()
        for parameter in operation.get("parameters", ())
        if parameter["name"] == "id"
    )


def _pairs(values: Mapping[str, object]) -> list[Json]:
    """Values as Postman writes them."""
    return [{"key": key, "value": _text(value), "type": "text"} for key, value in values.items()]


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
