"""The kernels: what shapes there are, the sources of each, and how they become object code."""
