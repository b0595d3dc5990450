-- Names out of URLs: https://…/projects/P/zones/Z/disks/D
CREATE TEMP MACRO last_part(url) AS nullif(regexp_extract(url, '([^/]+)/?$', 1), '');
CREATE TEMP MACRO path_of(url) AS nullif(regexp_extract(url, 'projects/(.+)$', 1), '');
CREATE TEMP MACRO project_of(url) AS nullif(regexp_extract(url, 'projects/([^/]+)', 1), '');
CREATE TEMP MACRO place_of(url) AS nullif(regexp_extract(url, '/(?:zones|regions)/([^/]+)', 1), '');
CREATE TEMP MACRO image_of(url) AS
  CASE WHEN regexp_matches(url, 'projects/[^/]+/global/images/[^/]+$')
       THEN 'gcp|' || project_of(url) || '|image|' || last_part(url) END;
CREATE TEMP MACRO image_ref_of(url) AS
  CASE WHEN image_of(url) IS NOT NULL THEN project_of(url) || '/' || last_part(url) END;
CREATE TEMP MACRO snapshot_of(url) AS
  'gcp|' || project_of(url) || '|snapshot|' || last_part(url);
CREATE TEMP MACRO disk_of(url) AS
  'gcp|' || project_of(url) || '|disk|' || place_of(url) || '/' || last_part(url);

-- Measures; what is beyond anything real is unknown
CREATE TEMP MACRO bytes_of_gib(text) AS
  CASE WHEN TRY_CAST(text AS BIGINT) BETWEEN 0 AND 100000000
       THEN TRY_CAST(text AS BIGINT) * 1073741824 END;
CREATE TEMP MACRO bytes_of_mib(number) AS
  CASE WHEN TRY_CAST(number AS BIGINT) BETWEEN 0 AND 100000000000
       THEN TRY_CAST(number AS BIGINT) * 1048576 END;
CREATE TEMP MACRO time_of(text) AS
  CASE WHEN regexp_matches(text, '^[0-9]{4}-') THEN TRY_CAST(text AS TIMESTAMPTZ) END;

-- Machine types: custom-4-8192, n2-custom-8-16384-ext, e2-custom-small-4096, n1-standard-4.
-- A shared-core type of E2 shows two processors; the number in a predefined name counts them.
CREATE TEMP MACRO custom_part(name, part) AS
  nullif(regexp_extract(name, '(?:^|-)custom-(micro|small|medium|[0-9]+)-([0-9]+)(?:-ext)?$', part),
         '');
CREATE TEMP MACRO cores_of(name) AS
  CASE WHEN custom_part(name, 1) IN ('micro', 'small', 'medium')
         OR name IN ('e2-micro', 'e2-small', 'e2-medium') THEN 2
       WHEN name IN ('f1-micro', 'g1-small') THEN 1
       ELSE TRY_CAST(COALESCE(custom_part(name, 1), nullif(regexp_extract(name,
         '^[a-z0-9]+-(?:standard|highmem|highcpu|megamem|ultramem|hypermem)-([0-9]+)(?:-[a-z]+)*$',
         1), '')) AS INTEGER) END;

-- The operating system, from the name of the licence that its image bears
CREATE TEMP MACRO licence_of(urls) AS
  list_extract(list_sort(list_filter(
    list_transform(urls, lambda url: last_part(url)),
    lambda name: regexp_matches(name,
      '^(almalinux|centos|cos|debian|fedora|freebsd|opensuse|oracle-linux|rhel|rocky-linux|sles|ubuntu|windows)(-|$)')
  )), 1);
CREATE TEMP MACRO os_family_of(licence) AS
  CASE WHEN licence LIKE 'windows%' THEN 'windows' WHEN licence LIKE 'freebsd%' THEN 'freebsd'
       WHEN licence IS NOT NULL THEN 'linux' END;
CREATE TEMP MACRO os_name_of(licence) AS
  CASE WHEN licence LIKE 'almalinux%' THEN 'AlmaLinux'
       WHEN licence LIKE 'centos-stream%' THEN 'CentOS Stream'
       WHEN licence LIKE 'centos%' THEN 'CentOS Linux'
       WHEN licence LIKE 'cos%' THEN 'Container-Optimized OS'
       WHEN licence LIKE 'debian%' THEN 'Debian GNU/Linux'
       WHEN licence LIKE 'fedora-coreos%' THEN 'Fedora CoreOS'
       WHEN licence LIKE 'fedora%' THEN 'Fedora Linux'
       WHEN licence LIKE 'freebsd%' THEN 'FreeBSD'
       WHEN licence LIKE 'opensuse%' THEN 'openSUSE Leap'
       WHEN licence LIKE 'oracle-linux%' THEN 'Oracle Linux Server'
       WHEN licence LIKE 'rhel%' THEN 'Red Hat Enterprise Linux'
       WHEN licence LIKE 'rocky%' THEN 'Rocky Linux'
       WHEN licence LIKE 'sles%' THEN 'SUSE Linux Enterprise Server'
       WHEN licence LIKE 'ubuntu%' THEN 'Ubuntu'
       WHEN licence LIKE 'windows-server%' THEN 'Windows Server'
       WHEN licence LIKE 'windows%' THEN 'Windows' END;
CREATE TEMP MACRO numbers_in(licence, pattern, mark) AS
  nullif(concat_ws(mark, nullif(regexp_extract(licence, pattern, 1), ''),
                         nullif(upper(regexp_extract(licence, pattern, 2)), '')), '');
CREATE TEMP MACRO os_version_of(licence) AS
  CASE WHEN licence LIKE 'ubuntu%'
         THEN numbers_in(licence, '-([0-9]{2})([0-9]{2})(?:-|$)', '.')
       WHEN licence LIKE 'rhel%'
         THEN numbers_in(licence, '^rhel-(10|[6-9])-?([0-9]{1,2})?(?:-|$)', '.')
       WHEN licence LIKE 'sles%'
         THEN numbers_in(licence, '-([0-9]+)(?:-sp([0-9]+))?(?:-|$)', '.')
       WHEN licence LIKE 'windows%'
         THEN numbers_in(licence, '-([0-9]{2,4}(?:h[0-9])?)(?:-(r2))?(?:-|$)', ' ')
       WHEN licence LIKE 'opensuse%' OR licence LIKE 'freebsd%'
         THEN numbers_in(licence, '-([0-9]+)(?:-([0-9]+))?(?:-|$)', '.')
       ELSE nullif(regexp_extract(licence, '-([0-9]+)(?:-|$)', 1), '') END;

-- What several queries speak of, each thing once
CREATE TEMP TABLE vm AS
  SELECT *, 'gcp|' || project || '|vm|' || id AS workload_id
  FROM (SELECT *, COALESCE(project_of(selfLink), project_of(zone), project_of(machineType),
                           seen.account, '') AS project
        FROM instance);

CREATE TEMP TABLE volume AS
  SELECT DISTINCT ON (path)
         COALESCE(path_of(selfLink), path_of(COALESCE(zone, region)) || '/disks/' || name) AS path,
         id AS disk_id, bytes_of_gib(sizeGb) AS bytes, last_part(type) AS driver, sourceImage,
         sourceImageId, sourceSnapshot, architecture AS disk_arch,
         licence_of(licenses) AS disk_licence, len(users) AS users, seen AS place
  FROM disk WHERE path IS NOT NULL
  ORDER BY path, id, seen.number;

CREATE TEMP TABLE attached AS
  SELECT vm.workload_id, vm.seen, vm.held AS held, volume.*,
         COALESCE(bytes_of_gib(vm.held.diskSizeGb), volume.bytes) AS held_bytes,
         COALESCE(volume.sourceImage, vm.held.initializeParams.sourceImage) AS held_image
  FROM (SELECT DISTINCT ON (workload_id, held.index, held.source, held.deviceName)
               workload_id, seen, held
        FROM (SELECT workload_id, seen, unnest(disks) AS held FROM vm
              WHERE workload_id IS NOT NULL)
        ORDER BY workload_id, held.index, held.source, held.deviceName, seen.number) AS vm
  LEFT JOIN volume ON volume.path = path_of(vm.held.source);

CREATE TEMP TABLE boot AS
  SELECT DISTINCT ON (workload_id)
         workload_id, seen, held_image, sourceImageId, sourceSnapshot, disk_arch,
         COALESCE(licence_of(held.licenses), disk_licence) AS disk_licence, held
  FROM attached WHERE held.boot
  ORDER BY workload_id, held.index, held.source;

CREATE TEMP TABLE picture AS
  SELECT *, 'gcp|' || COALESCE(project_of(selfLink), seen.account, '') || '|image|' || name
            AS image_id, licence_of(licenses) AS licence
  FROM image;

CREATE TEMP TABLE taken AS  -- each snapshot once
  SELECT DISTINCT ON (path)
         COALESCE(path_of(selfLink), seen.account || '/global/snapshots/' || name) AS path,
         path_of(sourceDisk) AS disk_path, sourceDiskId
  FROM snapshot WHERE path IS NOT NULL
  ORDER BY path, id, seen.number;

-- A disk is the same only if its id is: a name may be used again
CREATE TEMP TABLE parent AS
  SELECT picture.image_id, picture.seen,
         COALESCE(image_of(picture.sourceImage), image_of(source.sourceImage),
                  image_of(copied.sourceImage), snapshot_of(picture.sourceSnapshot),
                  disk_of(picture.sourceDisk)) AS parent_id,
         CASE WHEN image_of(picture.sourceImage) IS NOT NULL THEN 'source image'
              WHEN image_of(source.sourceImage) IS NOT NULL THEN 'image of source disk'
              WHEN image_of(copied.sourceImage) IS NOT NULL THEN 'image of source snapshot'
              WHEN picture.sourceSnapshot IS NOT NULL THEN 'source snapshot'
              ELSE 'source disk' END AS evidence
  FROM picture
  LEFT JOIN volume AS source
    ON source.path = path_of(picture.sourceDisk)
   AND COALESCE(source.disk_id = picture.sourceDiskId, true)
  LEFT JOIN taken ON taken.path = path_of(picture.sourceSnapshot)
  LEFT JOIN volume AS copied
    ON copied.path = taken.disk_path AND COALESCE(copied.disk_id = taken.sourceDiskId, true);

