"""What the pages about policies say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from comments_service.web.http.problems import Words

WORDS: Final[Mapping[str, Words]] = {
    "policies-title": Words("운영정책", "Policies"),
    "policy-title": Words("운영정책", "Policy"),
    "in-force-is": Words("시행 중: v{version}, {at}부터", "In force: v{version}, since {at}"),
    "version": Words("판", "Version"),
    "in-force": Words("시행 중", "in force"),
    "draft": Words("초안", "draft"),
    "former": Words("지난 판", "former"),
    "written": Words("작성", "Written"),
    "published-at": Words("게시", "Published"),
    "open-version": Words("열기", "Open"),
    "new-draft": Words("새 초안 쓰기", "Write a new draft"),
    "all-versions": Words("모든 판", "All versions"),
    "public-page": Words("독자가 보는 정책", "As readers see it"),
    "draft-of": Words("v{version}에서 시작하는 새 초안", "New draft, from v{version}"),
    "version-is": Words("v{version}", "v{version}"),
    "document": Words("문서", "Document"),
    "document-why": Words(
        "YAML로 적습니다. 저장할 때마다 새 판이 되고, 게시하기 전에는 아무것도 판정하지 않습니다.",
        "In YAML. Each saving makes a new version, which judges nothing until it is published.",
    ),
    "by-clause": Words("조항별로 고치기", "Edit by clause"),
    "as-yaml": Words("YAML로 보기", "Show as YAML"),
    "by-clause-why": Words(
        "저장할 때마다 새 판이 되고, 게시하기 전에는 아무것도 판정하지 않습니다. "
        "여기에 칸이 없는 설정은 YAML에서 고칠 수 있습니다.",
        "Each saving makes a new version, which judges nothing until it is published. "
        "Settings without a field here can be changed in the YAML.",
    ),
    "clause-title-ko": Words("제목 (한국어)", "Title in Korean"),
    "clause-title-en": Words("제목 (영어)", "Title in English"),
    "clause-text-ko": Words("내용 (한국어)", "Text in Korean"),
    "clause-text-en": Words("내용 (영어)", "Text in English"),
    "message-ko": Words("글쓴이에게 (한국어)", "To the writer, in Korean"),
    "message-en": Words("글쓴이에게 (영어)", "To the writer, in English"),
    "action": Words("동작", "Action"),
    "off": Words("필터 빼기", "take the filter out"),
    "a-line-each": Words("한 줄에 하나", "one a line"),
    "drop-clause": Words("이 조항 빼기", "Take this clause out"),
    "add-clause": Words("조항 추가", "Add a clause"),
    "clause-number": Words("조항 번호", "Number"),
    "save-draft": Words("초안 저장", "Save draft"),
    "mistakes": Words("문서에 오류가 있습니다", "The document has mistakes"),
    "line": Words("{line}행", "line {line}"),
    "difference": Words("시행 중인 v{version}과 다른 점", "Difference from v{version} in force"),
    "no-difference": Words("다른 점이 없습니다.", "There is no difference."),
    "added": Words("추가", "added"),
    "removed": Words("삭제", "removed"),
    "changed": Words("변경", "changed"),
    "filter": Words("필터", "Filter"),
    "clauses": Words("조항", "Clauses"),
    "clauses-count": Words("조항 {count}개", "{count} clauses"),
    "dry-run": Words("시험", "Dry run"),
    "dry-run-why": Words(
        "한 줄에 글 하나. 아무것도 저장하지 않습니다.", "One text a line; nothing is stored."
    ),
    "texts": Words("글", "Texts"),
    "text": Words("글", "Text"),
    "judge": Words("판정", "Judge"),
    "now": Words("시행 중 v{version}", "in force, v{version}"),
    "this-draft": Words("이 문서", "this document"),
    "unreadable-texts": Words(
        "댓글이 될 수 없는 글이 있습니다.", "One of the texts could never be a comment."
    ),
    "allow": Words("게시", "allow"),
    "hold": Words("대기", "hold"),
    "reject": Words("거절", "reject"),
    "backtest": Words("지난 댓글로 시험", "Back-test"),
    "backtest-why": Words(
        "지난 댓글을 이 판으로 다시 판정해 실제로 된 일과 견줍니다.",
        "Past comments are judged anew by this version, against what became of them.",
    ),
    "since": Words("기간", "Since"),
    "last-days": Words("최근 {days}일", "last {days} days"),
    "run": Words("실행", "Run"),
    "run-again": Words("다시 실행", "Run again"),
    "save-first": Words("먼저 초안을 저장해 주세요.", "Save the draft first."),
    "queued": Words("기다리는 중입니다.", "Waits for the worker."),
    "judged-of": Words("{total}개 가운데 {done}개 판정함", "{done} of {total} judged"),
    "failed": Words(
        "끝까지 하지 못했습니다. 다시 실행해 주세요.", "It could not be finished. Run it again."
    ),
    "finished": Words(
        "{judged}개를 {seconds}초에 판정했습니다.", "{judged} judged in {seconds} seconds."
    ),
    "progress": Words("진행", "Progress"),
    "matrix": Words("이 판과 실제로 된 일", "This version against what became of them"),
    "was-published": Words("게시된 댓글", "Was published"),
    "was-stopped": Words("게시되지 않은 댓글", "Was not published"),
    "would-allow": Words("이 판이 허용", "Would allow"),
    "would-stop": Words("이 판이 막음", "Would stop"),
    "as-was": Words("같음", "as it was"),
    "needless": Words("새로 막음", "newly stopped"),
    "missed": Words("새로 허용", "newly allowed"),
    "by-people": Words("사람이 결정한 댓글과 일치", "Agrees with what people decided"),
    "agreement": Words("전체 일치", "Agreement in all"),
    "masked": Words("개인정보라 다시 판정할 수 없음", "Masked, cannot be judged"),
    "flips": Words("댓글 {count}개의 처리가 바뀝니다", "{count} comments would flip"),
    "person-was": Words("실제: {status}", "was: {status}"),
    "published": Words("게시", "published"),
    "held": Words("대기", "held"),
    "rejected": Words("거절", "rejected"),
    "status-removed": Words("삭제", "removed"),
    "publish": Words("게시", "Publish"),
    "publish-why": Words(
        "게시하면 그때부터 새 댓글을 이 판이 판정합니다.",
        "From then on, this version judges new comments.",
    ),
    "second-person": Words(
        "이 초안을 쓰지 않은 사람이 게시해야 합니다.",
        "Somebody who did not write this draft must publish it.",
    ),
    "roll-back": Words("v{version}로 되돌리기", "Roll back to v{version}"),
    "roll-back-why": Words(
        "이 판이 새 번호로 바로 시행됩니다.", "It is in force at once, under a new number."
    ),
    "saved": Words("v{version}로 저장했습니다.", "Saved as v{version}."),
    "published-as": Words("v{version}가 시행됩니다.", "v{version} is in force."),
    "written-by": Words("작성자 {by}", "by {by}"),
}
