SELECT
    'openstack||image|' || picture.id AS image_id, 'disk_image' AS kind, name,
    CASE WHEN name IS NOT NULL THEN [name] END AS tags,
    'openstack||image|' || nullif(parent.parent, '') AS parent_ref,
    os_family_of(os_type, os_distro) AS os_family, os_distro AS os_name, os_version, arch,
    TRY_CAST(created_at AS TIMESTAMPTZ) AS created_at,
    CASE WHEN NOT volume_backed THEN size END AS size_bytes, owner,
    visibility IN ('public', 'community') AS is_public, false AS is_stub,
    list_concat(properties, CASE WHEN visibility IS NOT NULL THEN
        [struct_pack(Key := 'visibility', Value := visibility)] END) AS labels,
    picture.seen
FROM picture JOIN parent ON parent.id = picture.id
