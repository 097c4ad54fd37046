"""Value types and built-in functions: one declaration each, read by every stage."""
