"""From what is asked for to lists of offers: the decision is the compiled channel's."""
