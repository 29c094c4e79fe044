"""The use cases. The only room that queries and commits.

Each public function is one transaction (`transaction.py`): the change, its audit entry and its
outbox row are in the same commit, and no network is touched inside. Inputs are arguments (`now`,
`actor`, settings' values); frozen dataclasses go out, never rows. Start reading at `comments.py`.
"""
