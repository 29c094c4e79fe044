"""Pure: a submission, its history and a policy go in, a verdict comes out.

May import `text` and nothing else of this package: no Flask, no SQLAlchemy, no clock, no
randomness, no network. A dry run is the same call as the real thing. Start reading at `engine.py`.
"""
