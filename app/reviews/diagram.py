"""Draws the stages of a review from the table of what can follow what: `python -m app.reviews.diagram`."""

from pathlib import Path

from app.reviews.models import Stage
from app.reviews.rules import NEXT_STAGES, PAUSED, STAGE_NAMES, Progress, obstacle_to_entering

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "stages.md"
INTRODUCTION = """\
# The stages of a review

This page is generated from `NEXT_STAGES` in `app/reviews/rules.py`. After changing that table, run
`python -m app.reviews.diagram`; a test keeps the two together.
"""
PAUSES = """\
From every stage before *concluded* a review can be put on hold or withdrawn, with a reason. Taken up again, it goes
back to the stage it was in.
"""


def diagram() -> str:
    """The stages and what can follow them, as a Mermaid state diagram. Pauses are left out; the page tells of them."""
    names = [f"    {stage.value}: {name}" for stage, name in STAGE_NAMES.items() if stage not in PAUSED]
    arrows = [
        f"    {stage.value} --> {following.value}"
        for stage, followers in NEXT_STAGES.items()
        for following in followers
        if following not in PAUSED
    ]
    return "\n".join(["stateDiagram-v2", *names, f"    [*] --> {Stage.OPENED.value}", *arrows])


def first_obstacles() -> str:
    """For each stage, what is in the way of a review in which nothing has been done."""
    rows = []
    for stage, followers in NEXT_STAGES.items():
        for following in followers:
            sentence = obstacle_to_entering(following, now=stage, before_hold=None, progress=Progress())
            if sentence:
                rows.append(f"- From *{STAGE_NAMES[stage].lower()}* to *{STAGE_NAMES[following].lower()}*: {sentence}")
    return "\n".join(rows)


def page() -> str:
    """The whole page."""
    return (
        f"{INTRODUCTION}\n```mermaid\n{diagram()}\n```\n\n{PAUSES}\n"
        f"What stands in the way first, when nothing has been done:\n\n{first_obstacles()}\n"
    )


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
