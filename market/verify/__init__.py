"""The offline verifier: checks a receipt, a proof, a checkpoint, a draw, and says it in words.

It reads files only, and takes nothing as given but the trust file. `python -m market.verify`.
"""
