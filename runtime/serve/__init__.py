"""The host over HTTP: it translates, and decides nothing."""
