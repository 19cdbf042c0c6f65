"""Encoders of compact JSON that are made once.

`json.JSONEncoder.encode` makes the encoder in C anew for every value, which takes longer than a
short value does, and looks for circles, which nothing that is encoded here can have.
"""

import json
from collections.abc import Callable
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import NoReturn


def encoder(
    *,
    default: Callable[[object], object] | None = None,
    ensure_ascii: bool = True,
    sort_keys: bool = False,
) -> Callable[[object], str]:
    """A function that returns what `json.dumps` would, without white space.

    Args:
        default: what stands for a value that JSON does not have; by default it is refused with a
            `TypeError`.
        ensure_ascii: whether to escape all characters beyond ASCII.
        sort_keys: whether the members of an object come in the order of their names.

    The function raises RecursionError for a value that contains itself.
    """
    instead = _refuse if default is None else default
    make = getattr(json.encoder, "c_make_encoder", None)  # CPython has it
    if make is None:
        return json.JSONEncoder(
            default=instead,
            ensure_ascii=ensure_ascii,
            sort_keys=sort_keys,
            separators=(",", ":"),
            check_circular=False,
        ).encode
    quoted = encode_basestring_ascii if ensure_ascii else encode_basestring
    in_parts = make(None, instead, quoted, None, ":", ",", sort_keys, False, True)  # noqa: FBT003
    return lambda value: "".join(in_parts(value, 0))


def _refuse(value: object) -> NoReturn:
    raise TypeError(f"{type(value).__name__} is no value of JSON")
