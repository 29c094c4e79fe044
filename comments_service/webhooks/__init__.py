"""Event payloads and their signatures.

Sends one message through `outbound`, never to a private address.
"""
