CREATE TEMP MACRO filled(words) AS nullif(words, '');
CREATE TEMP MACRO apart(words) AS nullif(nullif(words, ''), 'default');
-- Rows without an id stay apart, so that each is a problem
CREATE TEMP MACRO lost_of(id, turn) AS CASE WHEN id IS NULL THEN turn END;
-- A part of an id: what delimits is encoded, so that neither ids nor credentials are mistaken
CREATE TEMP MACRO part(words) AS replace(url_encode(words), '%2A', '*');
CREATE TEMP MACRO scope_of(dc, area, space, peer) AS
  CASE WHEN filled(peer) IS NULL THEN COALESCE(part(dc), '') ELSE 'peer:' || part(peer) END
  || CASE WHEN apart(space) IS NOT NULL
          THEN '/' || part(COALESCE(filled(area), 'default')) || '/' || part(space)
          WHEN apart(area) IS NOT NULL THEN '/' || part(area) ELSE '' END;
CREATE TEMP MACRO node_id_of(dc, area, peer, name) AS
  'consul|' || scope_of(dc, area, NULL, peer) || '|vm|' || part(filled(name));
CREATE TEMP MACRO service_of(scope, name) AS 'consul|' || scope || '|service|' || part(filled(name));
CREATE TEMP MACRO instance_of(scope, node, id) AS service_of(scope, node) || '/' || part(filled(id));

CREATE TEMP MACRO port_of(number) AS CASE WHEN number BETWEEN 1 AND 65535 THEN number END;
CREATE TEMP MACRO is_ip(words) AS
  regexp_full_match(words, '[0-9]{1,3}(\.[0-9]{1,3}){3}')
  OR regexp_full_match(words, '[0-9a-fA-F]*:[0-9a-fA-F:.]+');
CREATE TEMP MACRO is_loopback(ip) AS regexp_matches(ip, '^(127\.|0\.0\.0\.0$|::1?$)');
CREATE TEMP MACRO is_private(ip) AS regexp_matches(lower(ip),
  '^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.|f[cd][0-9a-f]{2}:|fe80:)');
CREATE TEMP MACRO meta_of(pairs, names) AS list_filter(pairs, lambda pair:
  list_contains(names, replace(lower(pair.Key), '-', '_')) AND filled(pair.Value) IS NOT NULL)[1].Value;
CREATE TEMP MACRO severity(status) AS
  CASE status WHEN 'critical' THEN 3 WHEN 'warning' THEN 2 WHEN 'passing' THEN 0 ELSE 1 END;
CREATE TEMP MACRO health_of(level) AS ['passing', 'unknown', 'warning', 'critical'][level + 1];

-- The datacenter of what does not name one: that of the folder, or of all, where there is one only
CREATE TEMP MACRO folder_of(file) AS regexp_replace(file, '[^/]*$', '');
CREATE TEMP TABLE told AS
  SELECT filled(Datacenter) AS dc, seen.target AS file FROM node WHERE filled(PeerName) IS NULL
  UNION ALL
  SELECT filled(Node.Datacenter), seen.target FROM instance
  WHERE filled(Node.PeerName) IS NULL AND filled(Service.PeerName) IS NULL
  UNION ALL SELECT filled(Service.Datacenter), seen.target FROM held
  UNION ALL SELECT filled(Config.Datacenter), seen.target FROM agent;
CREATE TEMP TABLE home AS
  SELECT folder_of(file) AS folder, min(dc) AS dc FROM told GROUP BY ALL
  HAVING count(DISTINCT dc) = 1;
CREATE TEMP TABLE sole AS
  SELECT CASE WHEN count(DISTINCT dc) = 1 THEN min(dc) END AS dc FROM told;
CREATE TEMP MACRO home_of(own, region, file) AS COALESCE(filled(own), region,
  (SELECT home.dc FROM home WHERE home.folder = folder_of(file)), (SELECT sole.dc FROM sole));

-- Each agent, for what it says of its own node
CREATE TEMP TABLE teller AS
  SELECT node_id_of(Config.Datacenter, NULL, NULL, Config.NodeName) AS workload_id,
         folder_of(seen.target) AS folder, Config, Stats.runtime AS runtime, seen
  FROM agent;

-- Each instance, from whatever form tells of it; one that tells of checks is believed first
CREATE TEMP TABLE listed AS
  SELECT Node, Service, Checks, seen, home_of(Node.Datacenter, seen.region, seen.target) AS dc
  FROM instance
  UNION ALL
  SELECT {'ID': teller.Config.NodeID, 'Node': teller.Config.NodeName, 'Address': NULL,
          'Datacenter': NULL, 'Partition': Service.Partition, 'PeerName': NULL,
          'TaggedAddresses': NULL, 'Meta': NULL, 'Locality': NULL},
         Service, NULL, held.seen, COALESCE(filled(Service.Datacenter), teller.Config.Datacenter)
  FROM held LEFT JOIN teller ON teller.folder = folder_of(held.seen.target)
   AND COALESCE(filled(Service.Datacenter), teller.Config.Datacenter) = teller.Config.Datacenter;
CREATE TEMP TABLE placed AS
  SELECT *, COALESCE(filled(Service.Partition), filled(Node.Partition)) AS area,
         COALESCE(filled(Service.PeerName), filled(Node.PeerName)) AS peer,
         row_number() OVER () AS turn
  FROM listed;
CREATE TEMP TABLE body AS
  SELECT DISTINCT ON (service_id, lost_of(service_id, turn)) *
  FROM (SELECT *, scope_of(dc, area, Service.Namespace, peer) AS scope,
               node_id_of(dc, area, peer, Node.Node) AS workload_id,
               instance_of(scope, Node.Node, Service.ID) AS service_id,
               service_of(scope, Service.Service) AS name_id
        FROM placed)
  ORDER BY service_id, lost_of(service_id, turn), Checks IS NULL, seen.number;

-- Each node once, from the list of nodes or from what it holds
CREATE TEMP TABLE host AS
  SELECT DISTINCT ON (workload_id, lost_of(workload_id, turn)) *
  FROM (SELECT node_id_of(dc, Partition, PeerName, Node) AS workload_id, dc,
               Node AS name, filled(ID) AS id, filled(Address) AS address, TaggedAddresses, Meta,
               Locality, false AS is_thin, row_number() OVER () AS turn, seen
        FROM (SELECT *, home_of(Datacenter, seen.region, seen.target) AS dc FROM node)
        UNION ALL
        SELECT workload_id, dc, Node.Node, filled(Node.ID), filled(Node.Address), Node.TaggedAddresses,
               Node.Meta, Node.Locality, Node.Address IS NULL, turn, seen
        FROM body WHERE workload_id IS NOT NULL
        UNION ALL
        SELECT workload_id, Config.Datacenter, Config.NodeName, filled(Config.NodeID), NULL, NULL,
               NULL, NULL, true, 0, seen
        FROM teller)
  ORDER BY workload_id, lost_of(workload_id, turn), is_thin, seen.number;

-- Each check once; of a node, what the list of checks says, of an instance, what came with it
CREATE TEMP TABLE probe AS
  SELECT DISTINCT ON (subject_id, CheckID) *
  FROM (SELECT CASE WHEN filled(ServiceID) IS NULL THEN node_id_of(dc, Partition, PeerName, Node)
                    ELSE instance_of(scope_of(dc, Partition, Namespace, PeerName), Node, ServiceID)
               END AS subject_id,
               CheckID, Name, Status, Output, filled(ServiceID) IS NOT NULL AS rank,
               true AS is_listed
        FROM (SELECT *, home_of(NULL, seen.region, seen.target) AS dc FROM "check")
        UNION ALL
        SELECT CASE WHEN filled(one.ServiceID) IS NULL THEN workload_id ELSE service_id END,
               one.CheckID, one.Name, one.Status, one.Output, filled(one.ServiceID) IS NULL,
               false
        FROM (SELECT *, unnest(Checks) AS one FROM body))
  ORDER BY subject_id, CheckID, rank;
CREATE TEMP TABLE verdict AS
  SELECT DISTINCT ON (subject_id) subject_id, severity(Status) AS level, is_listed,
         concat_ws(' – ', COALESCE(filled(Name), CheckID),
                   COALESCE(filled(trim(Output, E' \n\r\t')), filled(Status))) AS words
  FROM probe ORDER BY subject_id, level DESC, CheckID;

-- Protocols that services have by config
CREATE TEMP TABLE entry AS
  SELECT *, service_of(scope_of(dc, Partition, Namespace, NULL), Name) AS name_id
  FROM (SELECT *, home_of(NULL, seen.region, seen.target) AS dc FROM config);
CREATE TEMP TABLE spoken AS
  SELECT name_id, min(filled(Protocol)) AS protocol FROM entry WHERE Kind = 'service-defaults'
  GROUP BY ALL;
CREATE TEMP TABLE usual AS
  SELECT dc, min(filled(Config.protocol)) AS protocol FROM entry WHERE Kind = 'proxy-defaults'
  GROUP BY ALL;

-- The service that an entry speaks of; what is not said is as in the entry itself
CREATE TEMP MACRO chosen_of(dc, area, space, there, own) AS service_of(
  scope_of(COALESCE(filled(there.Datacenter), dc), COALESCE(filled(there.Partition), area),
           COALESCE(filled(there.Namespace), space), there.Peer), COALESCE(filled(there.Service), own));
CREATE TEMP MACRO named_of(dc, area, space, there) AS service_of(
  scope_of(dc, COALESCE(filled(there.Partition), area), COALESCE(filled(there.Namespace), space),
           there.Peer), there.Name);
