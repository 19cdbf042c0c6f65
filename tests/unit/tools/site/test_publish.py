"""The built site in the stack's bucket: these files, with their types, and no others."""

from pathlib import Path
from typing import Any

import boto3
import pytest

from ops.cli.deployment import Deployment, DeploymentError
from tools.site.publish import publish, published

BUCKET = "docs-bucket"
FILES = {
    "index.html": ("<h1>Reference</h1>", "text/html; charset=utf-8"),
    "assets/site.css": ("body {}", "text/css; charset=utf-8"),
    "assets/site.js": ("(() => {})();", "text/javascript; charset=utf-8"),
    "openapi/paytrum.json": ("{}", "application/json"),
    "guides/decisions/0001-first.html": ("<h1>é</h1>", "text/html; charset=utf-8"),
}


@pytest.fixture
def s3(aws: None) -> Any:
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture
def built(tmp_path: Path) -> Path:
    for name, (text, _) in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def deployment(**docs: str | None) -> Deployment:
    """A stack of which nothing is asked but its bucket."""
    unused: Any = None
    names = {name: unused for name in Deployment.__dataclass_fields__ if name != "client"}
    return Deployment(**{**names, "stack": "acme", **docs})


def keys(s3: Any) -> set[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return {item["Key"] for page in pages for item in page.get("Contents", ())}


def test_every_file_is_there_with_its_type_and_is_asked_for_again(s3: Any, built: Path) -> None:
    assert publish(built, s3, BUCKET) == len(FILES)

    assert keys(s3) == FILES.keys()
    for name, (text, content_type) in FILES.items():
        stored = s3.get_object(Bucket=BUCKET, Key=name)
        assert stored["Body"].read().decode() == text
        assert stored["ContentType"] == content_type
        assert stored["CacheControl"] == "no-cache"


def test_a_page_that_the_site_no_longer_has_is_deleted(s3: Any, built: Path) -> None:
    publish(built, s3, BUCKET)
    (built / "assets/site.css").unlink()
    (built / "index.html").write_text("<h1>Another</h1>", "utf-8")

    publish(built, s3, BUCKET)

    assert keys(s3) == FILES.keys() - {"assets/site.css"}
    assert s3.get_object(Bucket=BUCKET, Key="index.html")["Body"].read() == b"<h1>Another</h1>"


def test_stale_pages_are_deleted_however_many_there_are(s3: Any, built: Path) -> None:
    for number in range(1001):
        s3.put_object(Bucket=BUCKET, Key=f"guides/old-{number:04}.html", Body=b"")

    publish(built, s3, BUCKET)

    assert keys(s3) == FILES.keys()


def test_the_answer_says_where_the_site_is_read(s3: Any, built: Path) -> None:
    stack = deployment(docs_bucket=BUCKET, docs_url="https://d1.cloudfront.net")

    assert published(built, stack) == "5 files are published at https://d1.cloudfront.net"


def test_a_stack_without_a_bucket_is_told_of_the_parameter(built: Path) -> None:
    with pytest.raises(DeploymentError, match=r"stack acme has no bucket .* PublishDocs=true"):
        published(built, deployment())


def test_a_site_that_is_not_built_empties_no_bucket(s3: Any, tmp_path: Path) -> None:
    s3.put_object(Bucket=BUCKET, Key="index.html", Body=b"there")

    with pytest.raises(DeploymentError, match="`make docs` builds it"):
        published(tmp_path, deployment(docs_bucket=BUCKET))

    assert keys(s3) == {"index.html"}
