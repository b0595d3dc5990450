WITH machine AS (
    SELECT DISTINCT ON (InstanceId) InstanceId, Ecosystem, Release, Vendor, Distro
    FROM managed_instance
    ORDER BY InstanceId, PingStatus IS NULL, seen.number
),
owner AS (  -- a saved file does not say the account; instances do
    SELECT InstanceId, min(OwnerId) AS account FROM instance GROUP BY InstanceId
),
package AS (
    SELECT
        a.*,
        m.Ecosystem,
        m.Release,
        m.Vendor,
        m.Distro,
        coalesce(o.account, a.seen.account, '') AS account,
        -- without a release the version of an rpm is not whole, and is compared with nothing
        a.Made = 'dpkg' OR (a.Made = 'rpm' AND contains(a.Version, '-')) AS whole,
        CASE WHEN a.Epoch IS NULL THEN a.Version
             ELSE regexp_replace(a.Version, '^\d+:', '') END AS plain
    FROM application AS a
    LEFT JOIN machine AS m ON m.InstanceId = a.InstanceId
    LEFT JOIN owner AS o ON o.InstanceId = a.InstanceId
),
told AS (
    SELECT
        'aws|' || account || '|vm|' || InstanceId AS subject_id,
        CASE WHEN whole THEN Ecosystem END AS ecosystem,
        CASE WHEN whole THEN Release END AS release,
        Name AS name,
        SourceName AS source_name,
        Version AS version,
        SourceVersion AS source_version,
        Arch AS arch,
        CASE WHEN whole AND Vendor IS NOT NULL THEN
            CASE Made WHEN 'dpkg' THEN 'pkg:deb/' ELSE 'pkg:rpm/' END
            || Vendor || '/'
            || replace(url_encode(CASE Made WHEN 'dpkg' THEN lower(Name) ELSE Name END), '%3A', ':')
            || '@' || replace(url_encode(plain), '%3A', ':') || '?'
            || concat_ws('&', 'arch=' || url_encode(Arch), 'distro=' || Distro, 'epoch=' || Epoch)
        END AS purl,
        seen
    FROM package
)
SELECT DISTINCT ON (subject_id, ecosystem, name, version, arch) *
FROM told
ORDER BY subject_id, ecosystem, name, version, arch, source_name, seen.number
