"""REST v1 for readers, services and moderators. Start reading at `comments.py`."""
