"""Moving clients in from a vendor's API, and files of them in and out.

A puller for each vendor knows its paths, credentials, paging and limits; what its objects mean is
the business of the contract's `vendor` module.
"""
