"""The Funnel page's words, for people; docs/definitions.md has them all."""

FUNNEL_DEFINITIONS = """
**Lead**: a row of `website_leads`. **Submission**: one visitor submitting one website, however
many leads were made of it. **Visitor**: a session id.

**raw**: leads, with their events as they are stored. **Merged**: the leads of one
submission put together. **Repaired**: merged, and a recorded step also stands for the steps that
it can’t happen without, where none of them is recorded at or before it.

**Reached**: there are events for all steps up to this one, in order and within the conversion
window from the first. An event may be up to 2 s early: clocks and transactions differ. The
longest chain of events counts, then the earliest. Steps named as optional may be missing from it.

**Went on, dropped, on the way**: of those who reached a step, those who reached the next one;
those who did not and whose window is over; those who still may. The three add up.

**Matured**: the share of the first step, only among those whose window is over. Shares of the
others are too low, because some are still on the way. The interval is Wilson’s, 95 %.

**Lost, at least**: a later step proves that this one was taken, and it is recorded nowhere.
Others may be lost too. **After its proof**: recorded, but later than what proves it: impossible
order, not loss.

**Period**: it filters by the time of a submission’s first lead (Recorded: the lead’s own). Steps
count up to the end of the window, past the period’s end.

**Not recorded**: the source held no such event by the end of what is looked at. That is unknown,
not zero; the step is left out of the chain.

**Breakdown**: a value is that of the first submission’s first lead that has one. The ten most
frequent stand by themselves; “Other” is the rest and what is called so; “(none)” has no value.
"""
