"""A merge as the registry's own contract shows it."""

from registry.contracts.registry_api.clients.wire import ClientObject
from registry.contracts.registry_api.merges.wire import MergedField, MergeObject
from registry.domain.identifiers import instant
from registry.domain.merging import Merge
from registry.domain.representation import represented


def show(merge: Merge) -> MergeObject:
    """A merge that was made, or undone."""
    survivor, absorbed = represented(merge.survivor), represented(merge.absorbed)
    return MergeObject(
        id=merge.id,
        survivor=merge.survivor.id,
        absorbed=merge.absorbed.id,
        fields={
            name: MergedField(
                survivor=survivor[name], absorbed=absorbed[name], kept=kept.side, why=kept.why
            )
            for name, kept in merge.kept.items()
        },
        client=ClientObject(**represented(merge.client)),
        created_at=instant(merge.created_at),
        undone_at=instant(merge.undone_at) if merge.undone_at is not None else None,
        stayed=list(merge.stayed),
    )


def show_preview(merge: Merge) -> MergeObject:
    """A merge that was not made: it has no id, and no time."""
    return show(merge).model_copy(update={"id": None, "created_at": None})
