"""The reference workload: customers, segments and rules, here and as the peers have them."""
