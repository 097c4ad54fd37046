"""The runtime host: sessions of customers, and what a touchpoint asks of them."""
