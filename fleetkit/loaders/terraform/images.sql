SELECT DISTINCT ON (image_id) * REPLACE (
        TRY_CAST(created_at AS TIMESTAMPTZ) AS created_at,
        TRY_CAST(deprecated_at AS TIMESTAMPTZ) AS deprecated_at),
    'declared' AS origin
FROM image WHERE seen.number IN (FROM current)
ORDER BY image_id, is_stub, digests IS NULL, name NULLS LAST, seen.number
