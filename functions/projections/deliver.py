"""On the queue of deliveries: tells webhook endpoints of events."""

from registry.contracts.webhook_formats import format_of
from registry.projections.errands import deliver, queue_function

handler = queue_function(lambda: deliver(format_of))
