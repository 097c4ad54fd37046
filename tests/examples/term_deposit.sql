-- What the term deposit example decides, written by hand from its meaning, in SQL.
-- Given: customers (the file), hashes (customer_id, hash: of the sample, below 2^53).

create table people as
select
    c.*,
    h.hash < 900719925474099 as control,
    "default" as in_default,
    poutcome as outcome
from customers c join hashes h using (customer_id);

-- Segments. A customer is in the first balance band and the first outcome that fits, if treated.

create table members as
with cells as (
    select
        *,
        not control as treated,
        case
            when balance >= 10000 then 'Wealthy'
            when balance >= 3000 then 'Affluent'
            when balance >= 500 then 'Modest'
            when balance >= 0 then 'Tight'
            else 'Overdrawn'
        end as band,
        case
            when outcome = 'success' then 'Won'
            when outcome = 'failure' then 'Lost'
            when previous > 0 then 'Known'
            else 'Stranger'
        end as history
    from people
)
select customer_id, segment from (select customer_id, unnest([
    if(control, 'Control', null),
    if(treated, 'Treated', null),
    if(treated, band, null),
    if(treated and balance >= 500, 'Liquid', null),
    if(treated and (job = 'student' or age < 22), 'Student', null),
    if(treated and (job = 'retired' or age >= 62), 'Retired', null),
    if(treated and job in ('entrepreneur', 'self-employed'), 'SelfEmployed', null),
    if(treated and housing = 'yes', 'Homeowner', null),
    if(treated, history, null),
    if(treated and history = 'Lost' and pdays >= 0 and pdays <= 180, 'JustAsked', null),
    if(treated and (loan = 'yes' or in_default = 'yes'), 'Debtor', null),
    if(treated and contact in ('cellular', 'telephone') and campaign <= 6, 'Reachable', null)
]) as segment from cells)
where segment is not null;

-- Rules, in the order in which they stand: `place` settles ties of score.

create table candidates as
with
m as (from members join people using (customer_id)),
deposits(customer_id, segment, place, offer, pinned, score) as (
    select customer_id, segment, 1, 'TD-36M', false, 90::double
    from m where segment = 'Wealthy'
    union all
    select customer_id, segment, 2, 'TD-12M', false, 70 + 0.25::double * age
    from m where segment = 'Wealthy' and age < 75
    union all
    select customer_id, segment, 3, 'TD-12M', false, least(40 + balance::double / 200, 85)
    from m where segment = 'Affluent'
    union all
    select customer_id, segment, 4, 'TD-6M', false, 55
    from m where segment = 'Affluent' and marital = 'single'
    union all
    select customer_id, segment, 5, 'TD-6M', false, 45 + balance::double / 250
    from m where segment = 'Modest'
    union all
    select customer_id, segment, 6, 'SP-MONTHLY', false, 58
    from m where segment = 'Modest' and education <> 'primary'
    union all
    select customer_id, segment, 7, 'TD-PENSION', false, 75
    from m where segment = 'Retired' and balance >= 2000
),
calls(customer_id, segment, place, offer, pinned, score) as (
    select customer_id, segment, 8, 'TD-12M', true, 80::double
    from m where segment = 'Won' and balance >= 500 and campaign <= 3
    union all
    select customer_id, segment, 9, 'TD-12M', false, 60 + balance::double / 1000 - 5 * campaign
    from m where segment = 'Liquid' and outcome not in ('failure', 'other')
    union all
    select customer_id, segment, 20, 'CL-ADVISER', false, 50 - 4 * campaign
    from m
    where segment = 'Reachable' and (balance >= 1000 or job = 'management')
),
letters(customer_id, segment, place, offer, pinned, score) as (
    select customer_id, segment, 10, 'LN-REFI', false, 50::double
    from m where segment = 'Homeowner' and age between 25 and 65 and in_default = 'no'
    union all
    select customer_id, null, 30, 'NL-QUARTERLY', false, 10
    from people
),
business(customer_id, segment, place, offer, pinned, score) as (
    select customer_id, segment, 11, 'LN-PERSONAL', false, 57::double
    from m where segment = 'SelfEmployed' and in_default = 'no'
),
loans(customer_id, segment, place, offer, pinned, score) as (
    select customer_id, segment, 12, 'LN-PERSONAL', false, 40 + 0.5::double * (age - 20)
    from m where segment in ('Tight', 'Overdrawn') and in_default = 'no' and loan = 'no'
),
apps(customer_id, segment, place, offer, pinned, score) as (
    select customer_id, segment, 21, 'AC-STUDENT', false, 65::double
    from m where segment = 'Student'
    union all
    select customer_id, segment, 22, 'SP-MONTHLY', false, 52
    from m where segment = 'Tight' and age < 40
),
instead(customer_id, segment, place, offer, pinned, score) as (
    select distinct customer_id, null, 23, 'NL-QUARTERLY', false, 48::double
    from m where segment in ('JustAsked', 'Debtor')
)
select zone, customer_id, place, offer, pinned, score
from (
    select z.zone, d.* from deposits d, (values ('Letter'), ('App')) z(zone)
    union all select 'Call', * from calls
    union all select 'Letter', * from letters
    union all select z.zone, b.* from business b, (values ('Letter'), ('App')) z(zone)
    union all select z.zone, l.* from loans l, (values ('Letter'), ('Call'), ('App')) z(zone)
    union all select 'App', * from apps
    union all select z.zone, i.* from instead i, (values ('Letter'), ('App')) z(zone)
);

-- Pinned first, then score, then the earlier rule; each offer once in a zone; the best three.

create table expected as
with
best as (
    from candidates
    qualify row_number() over (
        partition by customer_id, zone, offer order by pinned desc, score desc, place
    ) = 1
)
select
    customer_id, zone, offer, score,
    row_number() over (
        partition by customer_id, zone order by pinned desc, score desc, place
    ) as rank
from best
qualify rank <= 3;
