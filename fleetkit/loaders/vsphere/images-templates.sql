-- Templates. The newest event that names a source tells what one was cloned from.
SELECT
    t.thing AS image_id,
    'template' AS kind,
    t.name,
    coalesce(s.thing, 'vsphere|' || t.vc || '|template|' || o.latest.source) AS parent_ref,
    t.os_family,
    t.os_name,
    t.os_version,
    t.arch,
    coalesce(nullif(TRY_CAST(t.created AS TIMESTAMPTZ), TIMESTAMPTZ '1970-01-01 00:00:00+00'),
             o.made) AS created_at,
    t.committed AS size_bytes,
    nullif(t.vc, '') AS owner,
    FALSE AS is_stub,
    t.tags AS labels,
    t.seen
FROM systems AS t
LEFT JOIN origins AS o ON o.vc = t.vc AND o.vm = t.id
LEFT JOIN known AS s ON s.vc = o.vc AND s.id = o.latest.source
WHERE t.sort = 'template'
