"""Offers: agencies enrol and seal a quote, timekeepers open all of them, the rule chooses one."""
