"""The OAuth 2.0 authorization server that readers log in through.

Start reading at `authorize.py`.
"""
