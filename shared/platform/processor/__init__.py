"""The one loop that all four services share: decode, prepare, load, decide, save, announce.

Read the files in that order; `loop.py` puts them together.
"""
