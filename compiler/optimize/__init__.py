"""Passes over core expressions: each keeps the meaning, and is one function in one file."""
