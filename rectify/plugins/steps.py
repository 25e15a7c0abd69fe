"""nbgrader's lists of steps, with ours in their place.

nbgrader's own lists are changed and not written again, so that a step which a later nbgrader adds
is there. Each difference has its reason; a test compares what comes out with nbgrader's lists.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import BaseConverter


@dataclass(frozen=True)
class Change:
    """How a list of nbgrader's differs here. Steps are named by their classes.

    Attributes:
        replaced: for a step of nbgrader's, the import name of ours, or None to leave it out.
        first: ours that come before all others.
        last: ours that come after all others.
        after: for a step of nbgrader's, ours that comes right behind it.
        reasons: why, for each step of nbgrader's that is replaced and each of ours.
    """

    converter: type[BaseConverter]
    trait: str
    reasons: dict[str, str]
    replaced: dict[str, str | None] = field(default_factory=dict)
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    after: dict[str, str] = field(default_factory=dict)

    def steps(self) -> list[str]:
        """Return the list, by import names. Raises RuntimeError where nbgrader's has changed."""
        found = [_import_name(step) for step in default_steps(self.converter, self.trait)]
        known = {name.rpartition(".")[2] for name in found}
        missing = sorted({*self.replaced, *self.after} - known)
        if missing:
            raise RuntimeError(
                f"{self.converter.__name__}.{self.trait} of this nbgrader has no step "
                f"{' or '.join(missing)}. Install the nbgrader that requirements.txt names."
            )
        return [*self.first, *self._changed(found), *self.last]

    def _changed(self, found: Iterable[str]) -> Iterable[str]:
        for name in found:
            short = name.rpartition(".")[2]
            ours = self.replaced.get(short, name)
            if ours is not None:
                yield ours
            if short in self.after:
                yield self.after[short]


RELEASE = Change(
    GenerateAssignment,
    "preprocessors",
    last=("rectify.plugins.release.BundleFiles",),
    reasons={"BundleFiles": "puts figures and visible suites beside the released notebook"},
)
SANITIZE = Change(
    Autograde,
    "sanitize_preprocessors",
    replaced={
        "ClearOutput": None,
        "DeduplicateIds": None,
        "OverwriteKernelspec": None,
        "OverwriteCells": "rectify.plugins.preprocessors.Rebuild",
    },
    reasons={
        "ClearOutput": "no output of a submission is taken",
        "DeduplicateIds": "ids come from what nbgrader has stored, so none is there twice",
        "OverwriteKernelspec": "the notebook's metadata come from the release",
        "OverwriteCells": "a submission is rebuilt on what nbgrader has stored, not repaired",
        "Rebuild": "takes only the text of a student's cells",
    },
)
AUTOGRADE = Change(
    Autograde,
    "autograde_preprocessors",
    replaced={"Execute": "rectify.plugins.preprocessors.Grade"},
    after={"SaveAutoGrades": "rectify.plugins.preprocessors.FlagForReview"},
    reasons={
        "Execute": "it would run student code unsandboxed, as the user who grades",
        "Grade": "runs cells in the sandbox, then the hidden suites",
        "FlagForReview": "marks what a human should look at, once the grades are saved",
    },
)
FEEDBACK = Change(
    GenerateFeedback,
    "preprocessors",
    first=("rectify.plugins.conceal.ConcealHidden",),
    reasons={"ConcealHidden": "hidden tests and mark schemes are for graders, not for students"},
)
CHANGES = (RELEASE, SANITIZE, AUTOGRADE, FEEDBACK)


def default_steps(converter: type[BaseConverter], trait: str) -> list[type]:
    """Return the steps that nbgrader itself takes in a converter's list."""
    return list(converter.class_traits()[trait].default())


def _import_name(step: type) -> str:
    return f"{step.__module__}.{step.__qualname__}"
