"""The program of bidders, officers and drawing parties: `python -m bidding.client`."""
