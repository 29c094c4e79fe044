"""The tables: one class a file, with their constraints and indexes, and no behaviour.

Imported by `services` and `app` alone. `base.py` owns `db`. Start reading at `comment.py`.
"""
