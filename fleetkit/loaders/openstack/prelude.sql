CREATE TEMP MACRO os_family_of(os_type, os_distro) AS CASE
    WHEN nullif(os_type, '') IS NOT NULL THEN lower(os_type)
    WHEN lower(os_distro) = 'windows' THEN 'windows'
    WHEN lower(os_distro) IN ('almalinux', 'alpine', 'altlinux', 'amazon', 'arch', 'centos',
        'cirros', 'debian', 'fedora', 'fedora-coreos', 'flatcar', 'gentoo', 'mandrake', 'mandriva',
        'mes', 'mint', 'opensuse', 'oracle', 'rhcos', 'rhel', 'rocky', 'scientific', 'sled',
        'sles', 'suse', 'ubuntu') THEN 'linux'
END;
CREATE TEMP MACRO addresses_of(addresses, kind) AS list_sort(list_distinct(
    [a.addr FOR a IN addresses IF a.addr IS NOT NULL AND coalesce(a.type, 'fixed') = kind]
));
-- What all queries share: each thing once, a server's root disk, its image, an image's parent.
CREATE TEMP TABLE machine AS (
    SELECT DISTINCT ON (id) *, 'openstack||vm|' || id AS workload_id FROM server
    WHERE id IS NOT NULL ORDER BY id, seen.number
);

CREATE TEMP TABLE disk AS (
    SELECT DISTINCT ON (id) * FROM volume WHERE id IS NOT NULL ORDER BY id, seen.number
);

CREATE TEMP TABLE picture AS (
    SELECT DISTINCT ON (id) * FROM image WHERE id IS NOT NULL ORDER BY id, seen.number
);

CREATE TEMP TABLE size AS (
    SELECT DISTINCT ON (id) * FROM flavor WHERE id IS NOT NULL ORDER BY id, seen.number
);

CREATE TEMP TABLE held AS (
    SELECT DISTINCT ON (id, attachment.server_id)
        id, attachment.server_id AS server_id, attachment.device AS device, size, volume_type,
        encrypted, multiattach, bootable, snapshot_id, image, len(attachments) AS holders, seen
    FROM (SELECT *, unnest(attachments) AS attachment FROM disk)
    WHERE attachment.server_id IS NOT NULL ORDER BY id, attachment.server_id, attachment.device
);

CREATE TEMP TABLE root AS (
    SELECT DISTINCT ON (machine.id) machine.id AS server_id, held.id AS volume_id, held.image
    FROM machine JOIN held ON held.server_id = machine.id
    WHERE machine.boots_from_volume AND (held.device = machine.root_device OR held.bootable)
    ORDER BY machine.id, held.device = machine.root_device DESC NULLS LAST, held.device, held.id
);

CREATE TEMP TABLE sized AS (
    SELECT machine.id,
        coalesce(machine.flavor.vcpus, size.vcpus) AS cores,
        coalesce(machine.flavor.ram, size.ram) * 1048576 AS memory_bytes,
        coalesce(machine.flavor.disk, size.disk) AS root_gib,
        coalesce(machine.flavor.ephemeral, size.ephemeral) AS ephemeral_gib,
        coalesce(machine.flavor.original_name, size.name, machine.flavor.name,
                 machine.flavor.id) AS size_name
    FROM machine LEFT JOIN size ON size.id = machine.flavor.id
);

CREATE TEMP TABLE booted AS (
    SELECT machine.id,
        nullif(coalesce(machine.image_id, root.image.id), '') AS image,
        machine.image_id IS NULL AS by_volume, root.volume_id, root.image AS remembered
    FROM machine LEFT JOIN root ON root.server_id = machine.id
);

CREATE TEMP TABLE parent AS (
    -- A snapshot inherits `base_image_ref` from its server's image, so it may name an ancestor;
    -- the server's own image is the parent, unless the server was launched anew since.
    SELECT picture.id, picture.seen,
        coalesce(booted.image, picture.base_image_ref) AS parent,
        CASE WHEN booted.image IS NULL OR booted.image = picture.base_image_ref
             THEN 'base_image_ref' ELSE 'image of the server that was captured' END AS evidence
    FROM picture
    LEFT JOIN machine ON machine.id = picture.instance_uuid AND picture.image_type = 'snapshot'
        AND TRY_CAST(machine.launched_at AS TIMESTAMP)
            <= TRY_CAST(rtrim(picture.created_at, 'Z') AS TIMESTAMP)
    LEFT JOIN booted ON booted.id = machine.id
);
