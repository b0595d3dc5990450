WITH judged AS (
    SELECT 'vInfo' AS section, seen,
        CASE WHEN role = 'placeholder' THEN 'placeholder'
             WHEN turn > 1 THEN 'duplicate'
             ELSE role END AS fate
    FROM machines
    UNION ALL
    SELECT 'vHost', seen, CASE WHEN turn > 1 THEN 'duplicate' ELSE 'vm' END FROM carriers
    UNION ALL
    SELECT 'vDisk', seen, CASE WHEN fate IN ('vm', 'orphan') AND turn > 1 THEN 'duplicate'
        WHEN fate = 'orphan' THEN 'vm' ELSE fate END FROM disks
    UNION ALL
    SELECT 'vPartition', seen, CASE WHEN fate IN ('vm', 'orphan') AND turn > 1 THEN 'duplicate'
        WHEN fate = 'orphan' THEN 'vm' ELSE fate END FROM partitions
    UNION ALL
    SELECT section, seen, fate FROM owned WHERE section NOT IN ('vDisk', 'vPartition')
),
counted AS (
    SELECT section, seen, fate, count(*) AS found FROM judged
    WHERE fate <> 'vm' GROUP BY section, seen, fate
)
SELECT c.section,
    'dropped' AS item,
    CASE c.fate WHEN 'placeholder' THEN 'SRM placeholders' WHEN 'template' THEN 'templates'
        WHEN 'duplicate' THEN 'duplicates' ELSE 'rows of machines that vInfo does not list' END
        AS subject,
    CASE WHEN c.fate = 'template' AND c.section = 'vInfo' THEN 'images' END AS taken_as,
    CASE c.fate
        WHEN 'placeholder' THEN 'a placeholder stands for a machine of another site'
        WHEN 'template' THEN 'a template is no machine'
        WHEN 'duplicate' THEN 'the same thing is listed twice, as by linked vCenters; the first row stays'
        ELSE 'they say something about a machine that is not there' END AS why,
    c.found AS "rows",
    c.found / nullif(s."rows", 0) AS share,
    c.seen
FROM counted AS c
LEFT JOIN (SELECT name, seen, max("rows") AS "rows" FROM section GROUP BY name, seen) AS s
    ON s.name = c.section AND s.seen = c.seen
