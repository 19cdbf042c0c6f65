"""The declarations of all endpoints of the registry's own contract.

Each resource has a package of its own, with the rooms of a contract. A function imports the package
of its resource and not this module, so that it loads the models of no other one.
"""

from registry.contracts.registry_api.clients import operations as clients
from registry.contracts.registry_api.matches import operations as matches
from registry.contracts.registry_api.merges import operations as merges
from registry.contracts.registry_api.webhooks import operations as webhooks

OPERATIONS = (
    *clients.OPERATIONS,
    *matches.OPERATIONS,
    *merges.OPERATIONS,
    *webhooks.OPERATIONS,
)
