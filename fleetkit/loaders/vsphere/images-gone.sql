-- Sources that only events name: templates or machines that have been removed since.
SELECT
    'vsphere|' || e.vc || '|template|' || e.source AS image_id,
    'template' AS kind,
    arg_max(e.source_name, (e.moment, e.key)) AS name,
    nullif(e.vc, '') AS owner,
    TRUE AS is_stub,
    arg_max(e.seen, (e.moment, e.key)) AS seen
FROM events AS e ANTI JOIN machines AS m ON m.vc = e.vc AND m.id = e.source
WHERE e.source IS NOT NULL
GROUP BY e.vc, e.source
