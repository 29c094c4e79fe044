"""Adapters to the identity providers.

An authorization code goes in, an `ExternalIdentity` or a `ProviderError` comes out.
Speaks Authlib over `outbound`; knows no table and no Flask. Providers never import one another.
Start reading at `provider.py`.
"""
