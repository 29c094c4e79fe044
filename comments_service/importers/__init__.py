"""Other systems' export files: a stream of bytes goes in, a stream of `ImportedComment` comes out.

A bad record is reported with its place and is not fatal. Formats never import one another.
"""
