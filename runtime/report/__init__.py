"""Reports over what was shown and what came of it, from a history or a campaign database."""
