"""Interact: real-time offer decisioning as code."""
