SELECT DISTINCT ON (controller_id) *, 'current' AS status, 'declared' AS origin
FROM "group" WHERE seen.number IN (FROM current)
ORDER BY controller_id, seen.number
