"""Actions on records that take more than one call to the store; no HTTP and no wire names."""
