"""Decisions as formulas: whether something holds of every customer that there could be.

A formula says all that a decision can be: where it is not exact, it allows more. What it rules out
is impossible; what it allows is looked at by the interpreter, which has the last word.
"""
