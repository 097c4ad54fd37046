"""Measures against the bars of the design: ``python -m benchmarks``."""
