-- Makes every other writer of this website wait until the transaction ends.
-- grain: one row
-- params: website_url text
select pg_advisory_xact_lock(hashtextextended(:website_url, 0)) is null as waited
