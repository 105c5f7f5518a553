"""Pure rules of evaluation: schemes, prices, scores, ranks, states; no clock, no chance, no store.

Every figure is an exact fraction until it is published; whoever holds the published scheme, the
opened sheets and the offers computes the same ranking again.
"""
