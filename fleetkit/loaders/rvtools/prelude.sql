-- Which rows of vInfo are one machine, under which id, and whose are the rows of other sheets.
CREATE TEMP TABLE machines AS
WITH
said AS (
    SELECT *,
        CASE WHEN coalesce(placeholder, false) THEN 'placeholder'
             WHEN coalesce(template, false) THEN 'template'
             ELSE 'vm' END AS role,
        bool_or(coalesce(instance, false)) OVER (PARTITION BY uuid) AS is_instance,
        min(vm_id) OVER same_uuid IS NOT DISTINCT FROM max(vm_id) OVER same_uuid AS is_single
    FROM vInfo
    WINDOW same_uuid AS (PARTITION BY coalesce(vc, server, ''), uuid)
),
told AS (
    -- An SMBIOS UUID is copied with its machine; then it identifies nothing.
    SELECT *, uuid IS NOT NULL AND (is_instance OR is_single) AS has_uuid FROM said
),
named AS (
    SELECT *,
        CASE WHEN has_uuid THEN uuid ELSE coalesce(vm_id, uuid, vm) END AS native,
        coalesce(vc, server, CASE WHEN has_uuid THEN '' ELSE bundle END) AS scope
    FROM told
)
SELECT *,
    row_number() OVER twins AS turn,
    first_value(bundle) OVER twins AS home,
    first_value(role) OVER twins AS real_role,
    first_value(concat_ws('|', 'vsphere', scope,
        CASE WHEN role = 'template' THEN 'template' ELSE 'vm' END, native)) OVER twins AS id
FROM named
-- An instance UUID is the machine's wherever it is listed.
WINDOW twins AS (
    PARTITION BY role = 'placeholder',
        CASE WHEN has_uuid AND is_instance THEN uuid ELSE scope || '|' || native END
    ORDER BY seen.number, "row");

CREATE TEMP TABLE owned AS
WITH
marked AS (
    SELECT 'u|' || uuid AS mark, id, real_role, home FROM machines WHERE uuid IS NOT NULL
    UNION ALL
    SELECT concat_ws('|', 'm', bundle, coalesce(vc, server), vm_id), id, real_role, home
    FROM machines WHERE vm_id IS NOT NULL AND coalesce(vc, server) IS NOT NULL
    UNION ALL
    SELECT concat_ws('|', 'm', bundle, '', vm_id), id, real_role, home
    FROM machines WHERE vm_id IS NOT NULL
    UNION ALL
    SELECT concat_ws('|', 'n', bundle, vm), id, real_role, home FROM machines WHERE vm IS NOT NULL
),
marks AS (
    SELECT mark, min(id) AS id, min(real_role) AS role, min(home) AS home
    FROM marked GROUP BY mark HAVING min(id) = max(id)
),
parts AS (
    SELECT 'vCPU' AS section, "row", bundle, vm, vm_id, uuid, server, vc, template, placeholder,
        seen FROM vCPU
    UNION ALL SELECT 'vMemory', "row", bundle, vm, vm_id, uuid, server, vc, template, placeholder,
        seen FROM vMemory
    UNION ALL SELECT 'vDisk', "row", bundle, vm, vm_id, uuid, server, vc, template, placeholder,
        seen FROM vDisk
    UNION ALL SELECT 'vPartition', "row", bundle, vm, vm_id, uuid, server, vc, template,
        placeholder, seen FROM vPartition
    UNION ALL SELECT 'vNetwork', "row", bundle, vm, vm_id, uuid, server, vc, template, placeholder,
        seen FROM vNetwork
    UNION ALL SELECT 'vSnapshot', "row", bundle, vm, vm_id, uuid, server, vc, template,
        placeholder, seen FROM vSnapshot
    UNION ALL SELECT 'vTools', "row", bundle, vm, vm_id, uuid, server, vc, template, placeholder,
        seen FROM vTools
)
SELECT p.section, p."row", p.seen,
    coalesce(u.id, m.id, n.id, concat_ws('|', 'vsphere',
        coalesce(p.vc, p.server, CASE WHEN p.uuid IS NULL THEN p.bundle ELSE '' END), 'vm',
        coalesce(p.uuid, p.vm_id, p.vm))) AS owner,
    coalesce(u.home, m.home, n.home, p.bundle) AS home,
    CASE WHEN coalesce(p.placeholder, coalesce(u.role, m.role, n.role) = 'placeholder', false)
             THEN 'placeholder'
         WHEN coalesce(p.template, coalesce(u.role, m.role, n.role) = 'template', false)
             THEN 'template'
         WHEN coalesce(u.home, m.home, n.home, p.bundle) <> p.bundle THEN 'duplicate'
         WHEN coalesce(u.id, m.id, n.id) IS NULL THEN 'orphan'
         ELSE 'vm' END AS fate
FROM parts AS p
LEFT JOIN marks AS u ON u.mark = 'u|' || p.uuid
LEFT JOIN marks AS m
    ON m.mark = 'm|' || p.bundle || '|' || coalesce(p.vc, p.server, '') || '|' || p.vm_id
LEFT JOIN marks AS n ON n.mark = 'n|' || p.bundle || '|' || p.vm;

CREATE TEMP TABLE disks AS
SELECT d.*, o.owner, o.fate, row_number() OVER (
    PARTITION BY o.owner, o.fate IN ('vm', 'orphan'), d.disk, d.disk_key, d.disk_uuid, d.path
    ORDER BY d.seen.number, d."row") AS turn
FROM vDisk AS d JOIN owned AS o
    ON o.section = 'vDisk' AND o."row" = d."row" AND o.seen = d.seen;

CREATE TEMP TABLE partitions AS
SELECT d.*, o.owner, o.fate, row_number() OVER (
    PARTITION BY o.owner, o.fate IN ('vm', 'orphan'), d.disk, d.disk_key, d.capacity, d.consumed
    ORDER BY d.seen.number, d."row") AS turn
FROM vPartition AS d JOIN owned AS o
    ON o.section = 'vPartition' AND o."row" = d."row" AND o.seen = d.seen;

CREATE TEMP TABLE carriers AS
SELECT *, concat_ws('|', 'vsphere', coalesce(vc, server, ''), 'host', host) AS id,
    row_number() OVER (PARTITION BY coalesce(vc, server, ''), host
        ORDER BY seen.number, "row") AS turn
FROM vHost;
