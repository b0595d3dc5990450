-- File systems as the tools inside report them; what they use is not known elsewhere.
SELECT
    thing AS workload_id,
    'partition' AS kind,
    part.path AS target_path,
    part.filesystem AS driver,
    part.bytes AS size_bytes,
    CASE WHEN part.free BETWEEN 0 AND part.bytes THEN part.bytes - part.free END AS used_bytes,
    regexp_matches(part.path, '^(/|/boot(/.*)?|/usr|[Cc]:\\?)$') AS is_root,
    'durable' AS persistence,
    seen
FROM (SELECT thing, unnest(partitions) AS part, seen FROM machines WHERE sort = 'vm')
