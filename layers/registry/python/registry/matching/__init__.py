"""Finds clients that may be one and the same: keys, comparison, score, verdict.

Its libraries are in a layer of their own, which the function `index` alone has.
"""
