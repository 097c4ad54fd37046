"""What an editor asks of a project: a language server, and what it is made of."""
