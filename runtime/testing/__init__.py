"""Runs the tests of a project, and says what they cover."""
