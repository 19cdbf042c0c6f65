"""A merge as the registry's own contract shows it."""

from registry.contracts.registry_api.merges.wire import MergeObject
from registry.domain.merging import Merge, represented_merge, represented_preview


def show(merge: Merge) -> MergeObject:
    """A merge that was made, or undone."""
    return MergeObject(**represented_merge(merge))


def show_preview(merge: Merge) -> MergeObject:
    """A merge that was not made."""
    return MergeObject(**represented_preview(merge))
