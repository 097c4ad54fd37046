"""Explanations of all customers: what became of every rule for each of them."""
