"""The re-runnable draw, for experts, agencies, numbers and orders: frozen, committed, published."""
