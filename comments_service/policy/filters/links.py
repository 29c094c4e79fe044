"""Where a comment may lead its readers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass

from comments_service.policy.case import Case
from comments_service.policy.use import STRICT, Check, Placed, Use
from comments_service.policy.verdict import Finding, Texts
from comments_service.text.urls import SHORTENERS, Link, is_within

NAME = "links"
MESSAGES: dict[str, Texts] = {
    "denied": {
        "ko": "이 사이트로 가는 링크는 달 수 없습니다.",
        "en": "Links to this site are not allowed.",
    },
    "unlisted": {
        "ko": "허용된 사이트의 링크만 달 수 있습니다.",
        "en": "Only links to listed sites are allowed.",
    },
    "disguised": {
        "ko": "주소를 감추어 쓴 링크가 있습니다.",
        "en": "This contains a link written in disguise.",
    },
    "shortened": {
        "ko": "어디로 가는지 알 수 없는 단축 주소가 있습니다.",
        "en": "This contains a shortened link that hides where it leads.",
    },
    "too-many": {"ko": "링크가 너무 많습니다.", "en": "This contains too many links."},
}

Domain = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9가-힣-]+(\.[a-z0-9가-힣-]+)*$", max_length=253)
]


@dataclass(config=STRICT, frozen=True, slots=True, kw_only=True)
class Links(Use):
    """Domains include what is below them. `allow` beats everything, `deny` is always a finding;
    `others` are allowed or not. `shortened` links, `disguised` ones and more than `most` are."""

    filter: Literal["links"]
    allow: tuple[Domain, ...] = ()
    deny: tuple[Domain, ...] = ()
    others: Literal["allow", "find"] = "allow"
    shortened: bool = True
    disguised: bool = True
    most: Annotated[int, Field(ge=0, le=100)] | None = 3


def prepare(placed: Sequence[Placed[Links]]) -> Check:
    """Index the domains."""
    lists = [(frozenset(each.use.allow), frozenset(each.use.deny)) for each in placed]

    def check(case: Case) -> Iterator[Finding]:
        if not case.links:
            return
        for each, (allow, deny) in zip(placed, lists, strict=True):
            checked = [link for link in case.links if not is_within(link.host, allow)]
            for number, link in enumerate(checked, start=1):
                rule = _rule(each.use, link, deny)
                if rule is None and each.use.most is not None and number > each.use.most:
                    rule = "too-many"
                if rule:
                    span = case.body_span(link.start, link.end)
                    yield each.finding(NAME, rule, MESSAGES[rule], span)

    return check


def _rule(use: Links, link: Link, deny: frozenset[str]) -> str | None:
    if is_within(link.host, deny):
        return "denied"
    if use.disguised and link.disguised:
        return "disguised"
    if use.shortened and is_within(link.host, SHORTENERS):
        return "shortened"
    return "unlisted" if use.others == "find" else None
