"""Where built projects are kept, and which of them each environment runs."""
