"""Other systems' export files: a file goes in, a stream of comments comes out.

A bad record is reported with its place (`Skipped`) and is not fatal; a file that is not of its
format at all is (`MalformedFile`, with its line). Nothing is ever whole in memory but what there
is little of: the articles. Formats never import one another; what they share is in `records`,
`sources`, `moments`, `html_text` and `xml_records`. Start reading at `records.py`, then
`wordpress.py`.
"""
