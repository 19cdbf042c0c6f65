"""The end of a function's loading."""

import gc


def loaded() -> None:
    """Turn the garbage collector on, which `registry/__init__.py` turned off for the loading.

    It never looks at what there is now: a function keeps that until it ends.
    """
    gc.freeze()
    gc.enable()
