"""The Funnel page's words, for people; docs/definitions.md has them all."""

FUNNEL_DEFINITIONS = """
**Lead**: a row of `website_leads`. **Submission**: one visitor submitting one website, however
many leads were made of it. **Visitor**: a session id.

**Raw**: leads, with their events as they are stored. **Matched**: the leads of one submission
together. **Corrected**: matched, and a recorded step also stands for the steps that it can’t
happen without, where none of them is recorded at or before it. An analyzed lead stands for a start
and a completion, a converted user for a registration.

**Reached**: there are events for all steps up to this one, in order and within the conversion
window from the first. An event may be up to 2 s early: clocks and transactions differ. The
longest chain of events counts, then the earliest. Optional steps may be missing from it.

**Converted, dropped off, in progress**: of the units on a step, those that reached the next one;
those that did not and whose window is closed; the others. The three add up.

**Conversion within an age**: the share of the first step that reaches the last one by that age: the
Kaplan–Meier estimate. A submission in progress counts for the ages that it has had time for. It is
given for the largest age that at least 30, and a tenth of all, are old enough for. It assumes that
newer submissions convert like older ones did at the same age.

<<<<<<< HEAD
**Conversion curve**: the conversion within every age, from the first step or from the step before.
It ends at the largest age that enough are old enough for. **Time to convert**: the median (p50) and
p90 are of those that converted, with both steps recorded.
=======
**Compared with another period**: both have the same time to convert, so a period in progress can be
compared. The age is the largest that both have enough units for. A difference could be chance where
its 95 % interval holds 0. All steps are judged together, and so are all values: of those that
differ, at most about one in twenty does so by chance.
>>>>>>> 34c4ea7 (Tell the comparison in words, on the command line and in the documents)

**Conversion rate (closed windows)**: the share of the first step, only among units whose window is
closed. Other shares are too low, because some units are in progress. The 95 % interval is Wilson’s.

**Trend and cohorts**: by the day, week or month in which a submission began. *Fully observed*: the
period is over and every submission is as old as the age, or its window closed. *Partly observed*:
enough of them are, and the share is estimated. Blank or without a dot: too few are so old.

**Lost events (at least)**: a later step or a lead proves that this one was taken, and it is
recorded nowhere. Others may be lost too. **Known from the lead only**: an analyzed lead proves it,
and it may rightly be missing: the visitor may have left before a completion. **Out of order**:
recorded, but later than the step that proves it.

**Period**: it filters by the time of a submission’s first lead (Raw: the lead’s own). Steps count
up to the end of the window, past the period’s end. A link keeps its days. “Keep rolling” in the
date menu makes one that follows the calendar. “Latest closed” stands for the newest
days whose windows are all closed.

**Not recorded**: the source held no such event by the end of the period plus the window. That is
unknown, not zero; the step is left out of the chain.

**Breakdown**: a value is that of the first submission’s first lead that has one. The ten most
frequent stand by themselves; “Other” is the rest; “(none)” has no value.

**Segments that differ**: each value, at each step, against all other submissions that are old
enough. Fisher’s exact test; at most 5 % of those found may be chance (Benjamini–Hochberg). A status
is set after the outcome, so it is no segment. The analysis sets the industry: submissions without
one are left out there.
"""
