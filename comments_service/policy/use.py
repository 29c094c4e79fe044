"""One filter as one clause uses it: what every filter's settings have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass as plain_dataclass
from typing import TYPE_CHECKING, Annotated, Generic, Protocol, TypeVar

from pydantic import ConfigDict, StringConstraints
from pydantic.dataclasses import dataclass

from comments_service.policy.verdict import Action, Finding, Texts

if TYPE_CHECKING:
    from comments_service.policy.case import Case

STRICT = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]


@dataclass(config=STRICT, frozen=True, slots=True)
class BothLanguages:
    """A line in Korean and English; neither may be missing."""

    ko: Line
    en: Line

    def texts(self) -> Texts:
        return {"ko": self.ko, "en": self.en}


@dataclass(config=STRICT, frozen=True, slots=True, kw_only=True)
class Use:
    """Settings that every filter has. `message` is for the writer; without it the filter's own is
    used."""

    action: Action
    message: BothLanguages | None = None


AnyUse = TypeVar("AnyUse", bound=Use)


@plain_dataclass(frozen=True, slots=True)
class Placed(Generic[AnyUse]):
    """A use with the id of the clause it serves."""

    clause: str
    use: AnyUse

    def finding(
        self,
        filter_name: str,
        rule: str,
        message: Texts,
        span: tuple[int, int] | None = None,
        *,
        weight: float = 1.0,
        action: Action | None = None,
    ) -> Finding:
        """A finding under this clause, with the document's message where it has one."""
        start, end = span if span else (None, None)
        return Finding(
            filter=filter_name,
            rule=rule,
            clause=self.clause,
            message=self.use.message.texts() if self.use.message else message,
            start=start,
            end=end,
            weight=weight,
            action=action or self.use.action,
        )


Check = Callable[["Case"], Iterable[Finding]]


class FilterModule(Protocol[AnyUse]):
    """What a file in `filters/` offers."""

    def prepare(self, placed: Sequence[Placed[AnyUse]]) -> Check:
        """Prepare all uses of the filter in a policy, once per version."""
