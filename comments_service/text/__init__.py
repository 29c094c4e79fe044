"""Pure functions over text.

Normalisation, the reader's character count, folding for matching, finding URLs.
May import nothing of this package. The same input gives the same output, here and in the
widget (`web/widget/src/text.js`); `tests/data/text_vectors.json` holds both to it.
Start reading at `normalise.py`.
"""
