"""The OAuth 2.0 authorization server that readers log in through.

A login goes through `authorize.py`, the provider, `callback.py`, `response.py` and `token.py`, in
this order; `routes.py` has all addresses on one page. Start reading there. Moderators go the same
way to the provider and back, and end in `staff.py`.
"""
