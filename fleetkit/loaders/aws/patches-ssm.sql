WITH owner AS (  -- a saved file does not say the account; instances do
    SELECT InstanceId, min(OwnerId) AS account FROM instance GROUP BY InstanceId
),
state AS (
    SELECT DISTINCT ON (InstanceId)
        *,
        TRY_CAST(OperationEndTime AS TIMESTAMPTZ) AS checked_at,
        nullif(concat_ws(', ', nullif(BaselineId, ''), nullif(PatchGroup, '')), '') AS baseline
    FROM patch_state
    ORDER BY InstanceId, checked_at DESC NULLS LAST, seen.number
),
single AS (
    SELECT DISTINCT ON (InstanceId, patch_id, word)
        *,
        coalesce(KBId, Title) AS patch_id,
        CASE State
            WHEN 'installedother' THEN 'installed'
            WHEN 'installedpendingreboot' THEN 'pending_restart'
            WHEN 'installedrejected' THEN 'rejected'
            WHEN 'notapplicable' THEN 'not_applicable'
            WHEN 'availablesecurityupdate' THEN 'missing'
            ELSE State
        END AS word
    FROM patch
    ORDER BY InstanceId, patch_id, word, seen.number
),
counted AS (
    SELECT
        *,
        unnest([
            {'word': 'missing', 'parts': [MissingCount, AvailableSecurityUpdateCount]},
            {'word': 'failed', 'parts': [FailedCount]},
            {'word': 'pending_restart', 'parts': [InstalledPendingRebootCount]},
            {'word': 'rejected', 'parts': [InstalledRejectedCount]},
            {'word': 'installed', 'parts': [InstalledCount, InstalledOtherCount]},
            {'word': 'not_applicable', 'parts': [NotApplicableCount, UnreportedNotApplicableCount]}
        ]) AS told
    FROM state
),
listed AS (
    SELECT InstanceId, word, count(*) AS number FROM single GROUP BY InstanceId, word
)
SELECT
    'aws|' || coalesce(o.account, p.seen.account, '') || '|vm|' || p.InstanceId AS workload_id,
    p.patch_id,
    p.word AS state,
    1 AS count,
    p.Title AS title,
    p.Classification AS classification,
    p.Severity AS severity,
    p.CVEIds AS cve_ids,
    TRY_CAST(p.InstalledTime AS TIMESTAMPTZ) AS installed_at,
    s.checked_at,
    s.baseline,
    p.seen
FROM single AS p
LEFT JOIN state AS s ON s.InstanceId = p.InstanceId
LEFT JOIN owner AS o ON o.InstanceId = p.InstanceId
UNION ALL BY NAME
SELECT  -- those that are not listed one by one: the sum of all rows of a state is its count
    'aws|' || coalesce(o.account, c.seen.account, '') || '|vm|' || c.InstanceId AS workload_id,
    c.told.word AS state,
    greatest(list_sum(c.told.parts) - coalesce(listed.number, 0), 0) AS count,
    c.checked_at,
    c.baseline,
    c.seen
FROM counted AS c
LEFT JOIN owner AS o ON o.InstanceId = c.InstanceId
LEFT JOIN listed ON listed.InstanceId = c.InstanceId AND listed.word = c.told.word
WHERE list_sum(c.told.parts) IS NOT NULL
