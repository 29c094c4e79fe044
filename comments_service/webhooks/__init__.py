"""Event payloads and their signatures.

Signs one message and sends it through `outbound`, never to a private address. Start reading at
`sending.py`; `signature.py` is the Standard Webhooks scheme.
"""
