-- What all queries of this folder share. `vc` is the vCenter of a record: that of its own document,
-- else the one that all files together name, else none. A managed object id means one thing only
-- within a vCenter; one that stands for several is not followed.
CREATE TEMP TABLE scope AS (
    SELECT any_value(v.vcenter) AS name FROM vcenter AS v HAVING count(DISTINCT v.vcenter) = 1
);

CREATE TEMP TABLE machines AS (
    SELECT *, CASE WHEN template THEN 'template' ELSE 'vm' END AS sort,
           'vsphere|' || vc || '|' || sort || '|' || native AS thing
    FROM (SELECT *, coalesce(vcenter, (FROM scope), '') AS vc, coalesce(instance_uuid, id) AS native
          FROM vm)
);

CREATE TEMP TABLE known AS (
    SELECT vc, id, any_value(thing) AS thing, any_value(name) AS name, any_value(sort) AS sort
    FROM machines WHERE id IS NOT NULL GROUP BY vc, id HAVING count(DISTINCT thing) = 1
);

CREATE TEMP TABLE hosts AS (
    SELECT *, 'vsphere|' || vc || '|host|' || name AS thing
    FROM (SELECT *, coalesce(vcenter, (FROM scope), '') AS vc FROM host)
);

CREATE TEMP TABLE clusters AS (
    SELECT vc, id, any_value(name) AS name
    FROM (SELECT *, coalesce(vcenter, (FROM scope), '') AS vc FROM cluster)
    GROUP BY vc, id HAVING count(DISTINCT name) = 1
);

CREATE TEMP TABLE places AS (
    SELECT h.vc, h.id, any_value(h.thing) AS thing, any_value(c.name) AS cluster
    FROM hosts AS h LEFT JOIN clusters AS c ON c.vc = h.vc AND c.id = h.parent
    GROUP BY h.vc, h.id HAVING count(DISTINCT h.thing) = 1
);

CREATE TEMP TABLE vapps AS (
    SELECT vc, id, any_value(name) AS name
    FROM (SELECT *, coalesce(vcenter, (FROM scope), '') AS vc FROM vapp)
    GROUP BY vc, id HAVING count(DISTINCT name) = 1
);

CREATE TEMP TABLE datastores AS (
    SELECT vc, name, bool_and(shared) AS shared
    FROM (SELECT *, coalesce(vcenter, (FROM scope), '') AS vc FROM datastore)
    WHERE name IS NOT NULL GROUP BY vc, name
);

CREATE TEMP TABLE rules AS (
    SELECT *, 'vsphere|' || vc || '|rule|' || concat_ws('/', cluster, coalesce(name, key::VARCHAR))
               AS thing,
           kind || CASE WHEN enabled IS FALSE THEN ', switched off' ELSE '' END AS evidence
    FROM (SELECT *, coalesce(vcenter, (FROM scope), '') AS vc FROM rule)
);

CREATE TEMP TABLE events AS (
    SELECT *, TRY_CAST(time AS TIMESTAMPTZ) AS moment
    FROM (SELECT *, coalesce(vcenter, (FROM scope), '') AS vc FROM event)
);

CREATE TEMP TABLE origins AS (
    SELECT vc, vm, min(moment) AS made,
           arg_max({'source': source, 'name': source_name, 'kind': kind}, (moment, key))
               FILTER (WHERE source IS NOT NULL AND source <> vm) AS latest
    FROM events WHERE vm IS NOT NULL GROUP BY vc, vm
);

CREATE TEMP TABLE systems AS (
    SELECT *,
        coalesce(tools_os, config_os) AS said,
        trim(regexp_replace(said, '\s*\((32|64)-bit\)', '', 'gi')) AS words,
        nullif(regexp_extract(details, 'distroName=''([^'']*)''', 1), '') AS distro,
        nullif(regexp_extract(details, 'distroVersion=''([^'']*)''', 1), '') AS distro_version,
        nullif(regexp_extract(details, 'kernelVersion=''([^'']*)''', 1), '') AS kernel,
        regexp_extract(details, 'architecture=''([^'']*)''', 1) AS processor,
        regexp_extract(details, 'bitness=''([^'']*)''', 1) AS bits,
        regexp_extract(words, '^(.*?)(?:\s+v?(\d+(?:\.\w+)*(?: R2)?)(?:\s+LTS)?)?$',
                       ['name', 'version']) AS parts,
        CASE WHEN family = 'linuxGuest' THEN 'linux'
             WHEN family = 'windowsGuest' THEN 'windows'
             WHEN family = 'darwinGuestFamily' THEN 'darwin'
             WHEN family = 'solarisGuest' THEN 'solaris'
             WHEN family = 'netwareGuest' THEN 'netware'
             WHEN guest_id ILIKE 'win%' THEN 'windows'
             WHEN regexp_matches(guest_id, '(?i)^darwin') THEN 'darwin'
             WHEN regexp_matches(guest_id, '(?i)^solaris') THEN 'solaris'
             WHEN regexp_matches(guest_id, '(?i)^freebsd') THEN 'freebsd'
             WHEN regexp_matches(guest_id, '(?i)linux|rhel|centos|debian|ubuntu|sles|suse|fedora'
                  || '|photon|coreos|redhat|rocky|alma|asianux|mandr|nld9|oes|sjds|crx')
                  THEN 'linux' END AS os_family,
        coalesce(nullif(distro, 'Windows'), nullif(parts['name'], ''), nullif(words, ''), distro)
            AS os_name,
        CASE WHEN distro <> 'Windows' THEN coalesce(distro_version, nullif(parts['version'], ''))
             ELSE nullif(parts['version'], '') END AS os_version,
        CASE WHEN processor ILIKE 'arm%' OR guest_id ILIKE 'arm%' THEN 'arm64'
             WHEN bits = '64' OR said ILIKE '%(64-bit)%' THEN 'amd64'
             WHEN bits = '32' OR said ILIKE '%(32-bit)%' THEN '386' END AS arch
    FROM machines
);
