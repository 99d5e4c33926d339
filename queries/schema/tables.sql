-- Creates the three tables in the documented form: owner in user_id, the inclusive constraint.
-- grain: none
-- params: none
create table organizations (
    id uuid primary key default gen_random_uuid(),
    name varchar(255) not null,
    slug varchar(100) unique,
    user_id uuid,
    session_id varchar(255),
    website_url varchar(500),
    created_at timestamp not null default (now() at time zone 'utc'),
    updated_at timestamp not null default (now() at time zone 'utc'),
    constraint chk_organizations_user_or_session
    check (user_id is not null or session_id is not null)
);

create table website_leads (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid references organizations (id),
    session_id varchar(100),
    website_url varchar(500),
    business_name varchar(255),
    created_at timestamp not null default (now() at time zone 'utc'),
    website_domain varchar(255),
    lead_source varchar(100),
    industry_category varchar(100),
    business_type varchar(100),
    status varchar(50) default 'new',
    utm_source varchar(100),
    utm_medium varchar(100),
    utm_campaign varchar(100),
    referrer text,
    user_agent text,
    ip_address inet,
    converted_to_user_id uuid,
    converted_at timestamp
);

create table conversion_tracking (
    id uuid primary key default gen_random_uuid(),
    website_lead_id uuid references website_leads (id),
    conversion_step varchar(50) not null,
    step_completed_at timestamp not null default (now() at time zone 'utc'),
    session_id varchar(100),
    step_data jsonb,
    conversion_value numeric(12, 2)
);
