"""The offline verifier: checks receipts, proofs, draws and case files, and says it in words.

It reads files only, and takes nothing as given but the trust file. `python -m market.verify`.
"""
