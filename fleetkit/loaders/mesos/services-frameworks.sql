SELECT DISTINCT ON (Id)
  'mesos||framework|' || Id AS service_id, Name AS service_name, Cluster AS account,
  Address AS address, Port AS port, 'http' AS protocol, Health AS health, 'framework' AS kind,
  Meta AS meta, seen
FROM framework WHERE Id IS NOT NULL AND (Health IS NOT NULL OR Registered IS NULL)
ORDER BY Id, Elected DESC NULLS LAST, seen.number
