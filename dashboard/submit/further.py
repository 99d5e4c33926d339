"""The steps that a visitor can take once the analysis has ended: open, closed or taken."""

from dataclasses import dataclass

from dashboard.model.tracking_plan import TrackingPlan
from dashboard.submit.submission import OWN_REQUESTS, SandboxSubmission
from dashboard.writers.requests import request_of


@dataclass(frozen=True)
class Further:
    """A step of the plan after the analysis. `needs` is what the visitor has to do before it."""

    name: str
    label: str
    taken: bool
    needs: str | None

    @property
    def is_open(self) -> bool:
        """Tell whether the visitor can take it now."""
        return not self.taken and self.needs is None


def further_steps(submission: SandboxSubmission, plan: TrackingPlan) -> list[Further]:
    """Return the steps after the analysis in the plan's order.

    A step opens when the visitor has done the steps that it implies, saved or not: visitors go on
    whatever the tables hold.
    """
    return [
        Further(
            step.name,
            step.label,
            submission.took(step.name),
            plan.label(step.implies)
            if step.implies and not submission.took(step.implies)
            else None,
        )
        for step in plan.steps
        if request_of(step.name) not in OWN_REQUESTS
    ]
