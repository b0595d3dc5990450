-- Of each lineage the newest serial; of a document without lineage nothing is known to be older.
CREATE TEMP TABLE newest AS (
    SELECT DISTINCT ON (lineage) lineage, serial, seen.target AS target, seen.number AS number
    FROM state WHERE lineage <> ''
    ORDER BY lineage, serial DESC NULLS LAST, seen.target
);

CREATE TEMP TABLE current AS (
    SELECT number FROM newest
    UNION ALL
    SELECT seen.number AS number FROM state WHERE lineage = ''
);
