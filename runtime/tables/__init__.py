"""Rows of tables of offers: read from files and databases, and joined to customers by key."""
