"""What events bring about: contacts, responses, patterns, and rows of the history."""
