SELECT DISTINCT ON (service_id) * EXCLUDE (host), host AS address, 'unknown' AS health,
    'declared' AS origin
FROM service WHERE seen.number IN (FROM current)
ORDER BY service_id, seen.number
