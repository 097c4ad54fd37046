"""Contact and response history into the tables of a campaign database, each row exactly once."""
