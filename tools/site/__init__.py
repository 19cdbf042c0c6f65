"""The reference site: a page for each contract, the guides of docs/ beside them, and a search."""
