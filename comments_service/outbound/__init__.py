"""The one guarded way to open a connection to an address that somebody else chose.

Resolves, refuses private ranges, follows no redirect, limits size and time.
Start reading at `adapter.py`; `fetch.py` is for one request to one address.
"""
