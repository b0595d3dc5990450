SELECT DISTINCT ON (from_id, to_id, relation, evidence) *, 'declared' AS origin
FROM link WHERE seen.number IN (FROM current)
ORDER BY from_id, to_id, relation, evidence, seen.number
