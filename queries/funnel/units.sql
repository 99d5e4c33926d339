-- Which unit each lead of the websites looked at belongs to: its submission, or the first
-- submission of its visitor or its organization (the first one that the submission's leads name).
-- grain: one row per lead
-- params: unit text (submission, visitor or organization)
-- from: model/submissions
with

keyed as (
    select
        lead_id,
        submission_id,
        begun_at,
        created_at,
        session_id,
        ambiguous,
        case cast(:unit as text)
            when 'submission' then submission_id
            when 'visitor'
                then
                    first_value(session_id)
                        over (
                            partition by submission_id
                            order by session_id is null asc, created_at asc nulls last, lead_id asc
                        )
            when 'organization' then first_value(organization_id) over (
                partition by submission_id
                order by organization_id is null asc, created_at asc nulls last, lead_id asc
            )
        end as unit_key
    from submissions
)

select
    cast(lead_id as uuid) as lead_id,
    cast(submission_id as uuid) as submission_id,
    session_id,
    created_at,
    ambiguous,
    case
        when cast(:unit as text) = 'submission' then cast(submission_id as uuid)
        when unit_key is not null then cast(first_value(submission_id) over first_first as uuid)
    end as unit_id,
    case
        when cast(:unit as text) = 'submission' or unit_key is null then begun_at
        else first_value(begun_at) over first_first
    end as begun_at
from keyed
window
    first_first as (
        partition by unit_key
        order by begun_at asc nulls last, created_at asc nulls last, lead_id asc
    )
