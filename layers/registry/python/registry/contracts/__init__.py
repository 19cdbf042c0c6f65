"""One package per contract: its wire models, error shapes and paging over the one record."""
