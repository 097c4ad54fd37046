"""Lints: what compiles and cannot be right."""
