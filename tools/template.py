"""template.yaml as a document."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]


class _Loader(yaml.SafeLoader):
    """Reads the template: of `!Ref` the name, of any other intrinsic function nothing."""


def _name(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_multi_constructor("!", lambda _loader, _suffix, _node: None)
_Loader.add_constructor("!Ref", _name)


@cache
def template() -> dict[str, Any]:
    """The template; `!Ref` gives the name it refers to, other intrinsic functions None."""
    text = (ROOT / "template.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506 - derived from SafeLoader
    return loaded


def apis() -> dict[str, tuple[str, dict[str, Any]]]:
    """Per contract the logical id of its API, and its properties."""
    return {
        resource["Properties"]["Variables"]["contract"]: (name, resource["Properties"])
        for name, resource in template()["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Api"
    }
