"""HTTP: the only room that sees a request.

Thin: parse, resolve the actor, call one service, render. The surfaces (`api`, `oauth`,
`moderator`, `widget`, `pages`, `ops`) stand on `http` and never import one another.
"""
