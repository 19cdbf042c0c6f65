"""The registry's own resource of webhooks: endpoints, and what was delivered to them."""
