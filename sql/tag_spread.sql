-- How one tag's leak spread
--
-- How a copy went from hand to hand: a row for each step of time in which it was opened
-- (`start`, UTC; weeks begin on Monday), with the addresses and countries from which it
-- had been opened by the step's end. `new_countries` names those that the step brought.
-- Accesses whose time is not known count from the time of their backtrace, and those
-- dated before 1970 from then.
--
-- param tag String: the tag, as autograph_tag has it
-- param step hour|day|week|month = day: length of a step
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on; 1970-01-01 for all
-- bar addresses
WITH seen AS
(
    SELECT
        dateTrunc({step:String}, greatest(accessed_at, toDateTime64(0, 3, 'UTC')), 'UTC') AS moment,
        toString(ip_country) AS country,
        row_number() OVER (PARTITION BY ip_address ORDER BY moment) = 1 AND ip_address != '' AS is_new_address,
        row_number() OVER (PARTITION BY ip_country ORDER BY moment) = 1 AND ip_country != '' AS is_new_country
    FROM access_stats
    WHERE autograph_tag = {tag:String} AND ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')})
)
SELECT
    toDateTime(moment, 'UTC') AS start,
    count() AS accesses,
    sum(countIf(is_new_address)) OVER (ORDER BY moment) AS addresses,
    sum(countIf(is_new_country)) OVER (ORDER BY moment) AS countries,
    nullIf(arrayStringConcat(arraySort(groupUniqArrayIf(country, is_new_country)), ' · '), '') AS new_countries
FROM seen
GROUP BY moment
ORDER BY moment;
