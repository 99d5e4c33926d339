"""Names of the tracking path's requests, and the steps that they log."""


def step_of(request: str) -> str:
    """Return the step that a request of the tracking path logs."""
    return f"analysis_{request}" if request in ("started", "completed") else request


def request_of(step: str) -> str:
    """Return the request of the tracking path that logs a step."""
    analyzed = step.removeprefix("analysis_")
    return analyzed if step_of(analyzed) == step else step
