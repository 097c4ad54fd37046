"""Contact and response history: acknowledged when durable, kept as Parquet, each row once."""
