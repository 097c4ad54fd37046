"""Where sessions, states of customers and counts are kept, in a process or between hosts."""
