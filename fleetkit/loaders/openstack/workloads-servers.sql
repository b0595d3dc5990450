WITH attached AS (
    SELECT machine.id, count(*) AS disks, count(held.size) AS known, sum(held.size) AS gib
    FROM (SELECT id, unnest(volumes) AS one FROM machine) AS machine
    LEFT JOIN held ON held.id = one.id AND held.server_id = machine.id
    GROUP BY machine.id
), captured AS (
    SELECT instance_uuid, count(*) AS images FROM picture
    WHERE image_type = 'snapshot' GROUP BY instance_uuid
)
, host AS (
    SELECT hypervisor_hostname AS name, min(arch) AS arch FROM hypervisor GROUP BY name
)
SELECT
    machine.workload_id, 'vm' AS kind, machine.id AS native_id, machine.name, machine.hostname,
    CASE
        WHEN task_state IN ('deleting', 'soft-deleting', 'powering-off') THEN 'stopping'
        WHEN upper(machine.status) IN ('ACTIVE', 'VERIFY_RESIZE', 'PASSWORD', 'RESCUE',
                                       'MIGRATING') THEN 'running'
        WHEN upper(machine.status) IN ('SHUTOFF', 'STOPPED', 'SHELVED', 'SHELVED_OFFLOADED')
            THEN 'stopped'
        WHEN upper(machine.status) IN ('PAUSED', 'SUSPENDED') THEN 'paused'
        WHEN upper(machine.status) IN ('BUILD', 'REBOOT', 'HARD_REBOOT', 'REBUILD',
                                       'REVERT_RESIZE') THEN 'starting'
        WHEN upper(machine.status) = 'ERROR' THEN 'failed'
        WHEN upper(machine.status) IN ('DELETED', 'SOFT_DELETED') THEN 'terminated'
        ELSE 'unknown'
    END AS state,
    nullif(concat_ws('/', machine.status, vm_state, task_state), '') AS state_raw,
    machine.tenant_id AS account, sized.size_name, sized.cores AS cpu_cores, sized.memory_bytes,
    CASE
        WHEN attached.known < attached.disks THEN NULL
        WHEN NOT machine.boots_from_volume AND sized.root_gib = 0 THEN NULL
        ELSE (CASE WHEN machine.boots_from_volume THEN 0 ELSE sized.root_gib END
              + coalesce(sized.ephemeral_gib, 0) + coalesce(attached.gib, 0)) * 1073741824
    END AS disk_bytes,
    os_family_of(coalesce(picture.os_type, remembered.os_type),
                 coalesce(picture.os_distro, remembered.os_distro)) AS os_family,
    coalesce(picture.os_distro, remembered.os_distro) AS os_name,
    coalesce(picture.os_version, remembered.os_version) AS os_version,
    CASE WHEN os_name IS NOT NULL OR os_family IS NOT NULL THEN 'image' END AS os_source,
    coalesce(picture.arch, remembered.arch, host.arch) AS arch,  -- Nova's default is the host's
    booted.image AS image_ref, 'openstack||image|' || booted.image AS image_id,
    TRY_CAST(machine.created AS TIMESTAMPTZ) AS created_at,
    TRY_CAST(launched_at AS TIMESTAMPTZ) AS started_at,
    TRY_CAST(terminated_at AS TIMESTAMPTZ) AS stopped_at,
    CASE WHEN stack IS NULL THEN 'unknown' ELSE 'autoscaling' END AS controller_kind,
    stack AS controller_name,
    'openstack||host|' || nullif(hypervisor, '') AS host_id, nullif(zone, '') AS zone,
    list_filter(metadata, lambda t: lower(t.Key) IN ('environment', 'env', 'stage'))[1].Value
        AS environment,
    addresses_of(addresses, 'fixed') AS private_ips,
    addresses_of(addresses, 'floating') AS public_ips,
    CASE WHEN len(addresses) > 0 THEN addresses_of(addresses, 'floating') END AS fixed_ips,
    list_sort(list_distinct(list_filter([a.mac FOR a IN addresses], lambda m: m IS NOT NULL)))
        AS macs,
    lower(machine.id) AS machine_uuid, machine.locked AS protected,
    CASE WHEN (SELECT count(*) FROM picture) > 0 THEN coalesce(captured.images, 0) END
        AS snapshots,
    nullif(nullif(machine.description, ''), machine.name) AS notes,
    list_concat(
        metadata,
        [struct_pack(Key := split_part(t, '=', 1),
                     Value := substr(t, length(split_part(t, '=', 1)) + 2)) FOR t IN tags]
    ) AS tags,
    machine.seen
FROM (
    SELECT *, nullif(list_filter(metadata, lambda t: t.Key = 'metering.stack')[1].Value, '')
        AS stack FROM machine
) AS machine
JOIN sized ON sized.id = machine.id
JOIN booted ON booted.id = machine.id
LEFT JOIN picture ON picture.id = booted.image
LEFT JOIN attached ON attached.id = machine.id
LEFT JOIN captured ON captured.instance_uuid = machine.id
LEFT JOIN host ON host.name = machine.hypervisor
