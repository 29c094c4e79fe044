"""Small export files of other systems, made by hand from their documented formats."""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path

DISQUS = """<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
  <category dsq:id="1"><forum>maru</forum><title>General</title></category>
  <thread dsq:id="10">
    <id>ferry-2026</id><forum>maru</forum><category dsq:id="1"/>
    <link>https://news.example/ferry/?utm_source=mail</link>
    <title>The ferry is back</title>
    <author><name>Desk</name><username>desk</username></author>
  </thread>
  <thread dsq:id="11"><id/><link>https://news.example/orchard/index.html</link><title/></thread>
  <thread dsq:id="12"><id/></thread>
  <post dsq:id="100">
    <message><![CDATA[<p>First &amp; <b>foremost</b>.</p><p>See <a href="https://a.example/x">this</a>.</p>]]></message>
    <createdAt>2015-03-01T10:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>
    <author><name>김하나</name><username>hana</username><isAnonymous>false</isAnonymous></author>
    <thread dsq:id="10"/>
  </post>
  <post dsq:id="101">
    <message>An answer</message>
    <createdAt>2015-03-01T10:05:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>
    <author><name>Junho</name><email>junho@mail.example</email><isAnonymous>true</isAnonymous></author>
    <thread dsq:id="10"/><parent dsq:id="100"/>
  </post>
  <post dsq:id="102">
    <message>An answer to the answer</message>
    <createdAt>2015-03-01T10:06:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>
    <author><name>김하나</name><username>hana</username></author>
    <thread dsq:id="10"/><parent dsq:id="101"/>
  </post>
  <post dsq:id="103">
    <message>gone</message>
    <createdAt>2015-03-02T10:00:00Z</createdAt><isDeleted>true</isDeleted><isSpam>false</isSpam>
    <author><name>Mina</name><username>mina</username></author>
    <thread dsq:id="11"/>
  </post>
  <post dsq:id="104">
    <message>To what is gone</message>
    <createdAt>2015-03-02T11:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>
    <author><name>Junho</name><email>JUNHO@mail.example</email><isAnonymous>true</isAnonymous></author>
    <thread dsq:id="11"/><parent dsq:id="103"/>
  </post>
  <post dsq:id="105">
    <message>buy pills</message>
    <createdAt>2015-03-03T10:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>true</isSpam>
    <author><name>Spam</name><username>spam</username></author>
    <thread dsq:id="11"/>
  </post>
  <post dsq:id="106">
    <message>Nowhere</message><createdAt>2015-03-03T10:00:00Z</createdAt>
    <author><name>Mina</name><username>mina</username></author>
    <thread dsq:id="999"/>
  </post>
  <post dsq:id="107">
    <message>When?</message><createdAt>some time</createdAt>
    <author><name>Mina</name><username>mina</username></author>
    <thread dsq:id="11"/>
  </post>
</disqus>
"""

WXR = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/{version}/">
<channel><title>Maru</title><wp:wxr_version>{version}</wp:wxr_version>
<item><title>The ferry</title><link>https://news.example/ferry/</link>
  <guid isPermaLink="false">https://news.example/?p=18</guid><wp:post_id>18</wp:post_id>
  <wp:comment><wp:comment_id>3</wp:comment_id><wp:comment_author><![CDATA[Hana]]></wp:comment_author>
    <wp:comment_author_email>hana@mail.example</wp:comment_author_email>
    <wp:comment_date>2016-01-01 21:00:00</wp:comment_date>
    <wp:comment_date_gmt>2016-01-01 12:00:00</wp:comment_date_gmt>
    <wp:comment_content><![CDATA[An answer
over two lines, <em>with</em> &amp;]]></wp:comment_content>
    <wp:comment_approved>1</wp:comment_approved><wp:comment_type></wp:comment_type>
    <wp:comment_parent>2</wp:comment_parent><wp:comment_user_id>0</wp:comment_user_id></wp:comment>
  <wp:comment><wp:comment_id>2</wp:comment_id><wp:comment_author>Junho</wp:comment_author>
    <wp:comment_date_gmt>2016-01-01 11:00:00</wp:comment_date_gmt>
    <wp:comment_content>What it answers, later in the file</wp:comment_content>
    <wp:comment_approved>1</wp:comment_approved><wp:comment_parent>0</wp:comment_parent></wp:comment>
  <wp:comment><wp:comment_id>4</wp:comment_id><wp:comment_author>Mina</wp:comment_author>
    <wp:comment_date_gmt>2016-01-02 11:00:00</wp:comment_date_gmt>
    <wp:comment_content>Waits</wp:comment_content>
    <wp:comment_approved>0</wp:comment_approved><wp:comment_parent>0</wp:comment_parent></wp:comment>
  <wp:comment><wp:comment_id>5</wp:comment_id><wp:comment_author>Bot</wp:comment_author>
    <wp:comment_date_gmt>2016-01-02 12:00:00</wp:comment_date_gmt>
    <wp:comment_content>pills</wp:comment_content>
    <wp:comment_approved>spam</wp:comment_approved><wp:comment_parent>0</wp:comment_parent></wp:comment>
  <wp:comment><wp:comment_id>6</wp:comment_id><wp:comment_author>Mina</wp:comment_author>
    <wp:comment_date_gmt>2016-01-02 13:00:00</wp:comment_date_gmt>
    <wp:comment_content>binned</wp:comment_content>
    <wp:comment_approved>trash</wp:comment_approved><wp:comment_parent>0</wp:comment_parent></wp:comment>
  <wp:comment><wp:comment_id>7</wp:comment_id><wp:comment_author>Elsewhere</wp:comment_author>
    <wp:comment_date_gmt>2016-01-02 14:00:00</wp:comment_date_gmt>
    <wp:comment_content>[…] […]</wp:comment_content><wp:comment_type>pingback</wp:comment_type>
    <wp:comment_approved>1</wp:comment_approved><wp:comment_parent>0</wp:comment_parent></wp:comment>
</item>
<item><title>Orchard</title><link>https://news.example/?p=4</link>
  <wp:comment><wp:comment_id>3</wp:comment_id><wp:comment_author>Hana</wp:comment_author>
    <wp:comment_date_gmt>0000-00-00 00:00:00</wp:comment_date_gmt>
    <wp:comment_date>2017-01-01 10:00:00</wp:comment_date>
    <wp:comment_content>The same id, another item</wp:comment_content>
    <wp:comment_approved>1</wp:comment_approved><wp:comment_parent>99</wp:comment_parent></wp:comment>
</item>
</channel></rss>
"""

REMARK42 = [
    {"version": 1, "users": [], "posts": []},
    {
        "id": "r1", "pid": "", "text": "<p>Hello <em>there</em></p>\n", "orig": "Hello *there*",
        "user": {"name": "하나", "id": "github_1", "picture": "", "ip": "x", "admin": False},
        "locator": {"site": "maru", "url": "https://news.example/ferry/"}, "score": 1,
        "votes": {"a": True, "b": True, "c": False}, "time": "2020-05-01T10:00:00.123456789Z",
        "edit": {"time": "2020-05-01T10:01:00Z", "summary": ""}, "pin": True, "title": "Ferry",
    },
    {
        "id": "r2", "pid": "r1", "text": "<p>Only &lt;HTML&gt;</p>",
        "user": {"name": "", "id": "anon"},
        "locator": {"site": "maru", "url": "https://news.example/ferry/"}, "score": -3,
        "time": "2020-05-01T10:05:00+09:00", "title": "Ferry",
    },
    {
        "id": "r3", "pid": "r2", "text": "", "user": {"name": "deleted", "id": "deleted"},
        "locator": {"site": "maru", "url": "https://news.example/ferry/"}, "score": 0,
        "time": "2020-05-01T10:06:00Z", "delete": True,
    },
]  # fmt: skip

COLUMNS = (
    "id,article,article_url,article_title,parent_id,author_id,author,body,created_at,status,likes"
)
CSV = f"""{COLUMNS}
1,ferry,https://news.example/ferry,The ferry,,7,김하나,"A text with ""quotes"", commas
and a line break",2021-01-01T00:00:00Z,,5
2,ferry,,,1,8,Junho,An answer,2021-01-01 09:00:00+09:00,held,0
3,,,,,,Nobody,On no article,2021-01-01,published,
4,ferry,,,,9,Mina,When?,soon,published,
5,ferry,,,,9,Mina,How?,2021-01-02,lost,
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def wxr(path: Path, version: str = "1.2") -> Path:
    return write(path, WXR.replace("{version}", version))


def remark42(path: Path) -> Path:
    lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in REMARK42)
    path.write_bytes(gzip.compress(lines.encode()))
    return path


def isso(path: Path) -> Path:
    """As Isso 0.13 makes it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(
            """
            CREATE TABLE preferences (key VARCHAR PRIMARY KEY, value VARCHAR);
            CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR UNIQUE, title VARCHAR);
            CREATE TABLE comments (tid REFERENCES threads(id), id INTEGER PRIMARY KEY,
              parent INTEGER, created FLOAT NOT NULL, modified FLOAT, mode INTEGER,
              remote_addr VARCHAR, text VARCHAR NOT NULL, author VARCHAR, email VARCHAR,
              website VARCHAR, likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0,
              voters BLOB NOT NULL, notification INTEGER DEFAULT 0);
            INSERT INTO threads VALUES (1, '/ferry/', 'The ferry'), (2, '/orchard/', 'Orchard');
            """
        )
        rows = [
            (1, 1, None, 1600000000.25, None, 1, "First", "Hana", "h@mail.example", 3, 1),
            (1, 2, 1, 1600000100.0, 1600000200.0, 1, "Answer", None, None, 0, 0),
            (1, 3, None, 1600000300.0, None, 2, "Waits", "Mina", "", 0, 0),
            (2, 4, None, 1600000400.0, None, 4, "", None, None, 0, 0),
            (2, 5, 4, 1600000500.0, None, 1, "To what is gone", "Hana", "h@mail.example", 0, 0),
            (9, 6, None, 1600000600.0, None, 1, "In no thread", "Hana", "", 0, 0),
        ]
        connection.executemany(
            "INSERT INTO comments (tid, id, parent, created, modified, mode, text, author, email, "
            "likes, dislikes, remote_addr, voters) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '127.0.0.0', x'00')",
            rows,
        )
    return path
