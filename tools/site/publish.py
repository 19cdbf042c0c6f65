"""``python -m tools.site.publish --stack NAME``: put the built site into the stack's bucket.

The stack was deployed with ``PublishDocs=true``; CloudFront serves what is in its bucket.
"""

import argparse
import mimetypes
import sys
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from ops.cli.deployment import Deployment, DeploymentError, aws_deployment
from tools.site.folder import FOLDER

# CloudFront and browsers ask again for each page, so that a publication shows at once.
_CACHE_CONTROL: Final = "no-cache"


def publish(folder: Path, s3: Any, bucket: str) -> int:  # noqa: ANN401 - an SDK client
    """Make a bucket hold the files of a folder and nothing else; returns how many they are.

    Args:
        folder: the built site.
        s3: client for the bucket's region.
        bucket: its name.
    """
    files = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    for key, path in files.items():
        s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=path.read_bytes(),
            ContentType=_content_type(path),
            CacheControl=_CACHE_CONTROL,
        )
    # What the site had before goes last, since a page that is being read may still ask for it. A
    # page of the list has as many keys as one request may delete.
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        keys = {item["Key"] for item in page.get("Contents", ())}
        stale = [{"Key": key} for key in sorted(keys - files.keys())]
        if stale:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": stale})
    return len(files)


def _content_type(path: Path) -> str:
    """The type of a file by its name; every text of the site is UTF-8."""
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def published(folder: Path, deployment: Deployment) -> str:
    """Publish the site of a folder to a stack; returns a sentence that says where it is read.

    Raises:
        DeploymentError: the site is not built, or the stack has no bucket for it.
    """
    if not (folder / "index.html").is_file():
        raise DeploymentError(f"There is no site in {folder}: `make docs` builds it.")
    if deployment.docs_bucket is None:
        raise DeploymentError(
            f"The stack {deployment.stack} has no bucket for the site: "
            "deploy it with the parameter PublishDocs=true.",
        )
    count = publish(folder, deployment.client("s3"), deployment.docs_bucket)
    return f"{count} files are published at {deployment.docs_url}"


def main() -> None:
    """Publish the site; what is missing is one sentence, and exit status 1."""
    parser = argparse.ArgumentParser(prog="python -m tools.site.publish", description=__doc__)
    parser.add_argument("--stack", required=True, help="name of the deployed stack")
    parser.add_argument("--from", dest="folder", type=Path, default=FOLDER, help="the built site")
    parser.add_argument("--aws-region", help="region of the stack; else as `registry` finds it")
    parser.add_argument("--profile", help="profile of the AWS configuration")
    options = parser.parse_args()
    try:
        deployment = aws_deployment(options.stack, options.aws_region, options.profile)
        print(published(options.folder, deployment))
    except (DeploymentError, BotoCoreError, ClientError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
