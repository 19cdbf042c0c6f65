"""One client record, four front doors: what every function of the registry shares."""
