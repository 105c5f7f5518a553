"""The ground floor and the roof: what every business of the exchange needs."""
