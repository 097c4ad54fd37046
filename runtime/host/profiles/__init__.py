"""Where the profiles of customers come from: files, databases, or nowhere."""
