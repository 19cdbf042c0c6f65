"""An erasure over HTTP: the function on the stream of events carries it out."""

import hashlib
import json
from functools import partial
from pathlib import Path
from typing import Any

import rfc8785
from typer.testing import CliRunner

from ops.cli.commands import app
from tests.stack.conftest import Stack
from tests.stack.test_registry import CLIENTS, create, page, send, until

Json = dict[str, Any]


def test_a_client_is_erased_with_everything_and_the_receipt_holds(
    stack: Stack, tmp_path: Path
) -> None:
    workspace = stack.workspace()
    with (
        stack.access(workspace, "registry").client() as http,
        stack.access(workspace, "paytrum").client() as paytrum,
    ):
        body = {"name": "Quillfeather", "email": "q@quillfeather.test", "consents": {"email": True}}
        client = create(http, **body)["id"]
        path = f"{CLIENTS}/{client}"
        until(partial(page, http, f"{path}/history"), lambda shown: bool(shown["data"]))
        asked = {"client": client, "reason": "Ticket 4711"}

        preview = send(http, "POST", "/v1/erasures?preview=true", json=asked)
        begun = send(http, "POST", "/v1/erasures", json=asked, headers={"If-Match": '"1"'})
        gone = [send(each, "GET", f"/v1/clients/{client}").status_code for each in (http, paytrum)]
        job = f"/v1/erasures/{begun.json()['id']}"
        done = until(partial(page, http, job), lambda shown: shown["state"] == "done")

        again = send(http, "POST", "/v1/erasures", json=asked)
        late = send(http, "PATCH", path, json={"name": "Back"})
        fed = until(
            partial(page, http, "/v1/events?type=client.erased"), lambda shown: bool(shown["data"])
        )

    assert (preview.status_code, begun.status_code, gone) == (200, 202, [404, 404])
    assert (again.status_code, again.json(), late.status_code) == (200, done, 404)
    assert (done["reason"], fed["data"][0]["data"]["changed"]) == (None, {})
    receipt = dict(done["receipt"])
    digest = receipt.pop("digest")
    assert digest == hashlib.sha256(rfc8785.dumps(receipt)).hexdigest()
    removed = {each["store"]: each["deleted"] + each["redacted"] for each in receipt["stores"]}
    assert (removed["consent_evidence"], removed["look_up_keys"]) == (1, 1)
    assert removed["events"] >= 1
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(done))
    where = ("--endpoint", stack.endpoint, "--workspace", workspace)
    verified = CliRunner().invoke(app, ["erasure", "verify", str(file), *where])
    assert (verified.exit_code, verified.stderr) == (0, ""), verified.output
