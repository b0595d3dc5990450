SELECT id AS image_id,
    'template' AS kind,
    vm AS name,
    os_family, os_name, os_version, arch,
    TRY_CAST(created AS TIMESTAMPTZ) AS created_at,
    in_use AS size_bytes,
    false AS is_stub,
    tags AS labels,
    seen
FROM machines
WHERE turn = 1 AND role = 'template'
