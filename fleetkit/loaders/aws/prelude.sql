-- What several queries speak of.

-- Images of the systems' own publishers are named after what is inside.
CREATE TEMP TABLE naming AS
SELECT ImageId AS system_image, min(regexp_extract(Name, pattern, 1)) AS system_version,
    min(system) AS system_name
FROM image JOIN (VALUES
    ('^al(2023)-ami-', 'Amazon Linux'), ('^amzn(2)-ami-', 'Amazon Linux'),
    ('^amzn-ami-\D*(\d{4}\.\d\d)', 'Amazon Linux AMI'),
    ('^ubuntu(?:-minimal|-pro-server)?/images/.*-(\d\d\.\d\d)-', 'Ubuntu'),
    ('^debian-(\d+)-', 'Debian GNU/Linux'),
    ('^RHEL-(\d+(?:\.\d+)?)', 'Red Hat Enterprise Linux'),
    ('^Rocky-(\d+)-EC2', 'Rocky Linux'), ('^AlmaLinux OS (\d+(?:\.\d+)?)', 'AlmaLinux'),
    ('^Windows_Server-(\d{4})', 'Windows Server')
) AS known (pattern, system) ON regexp_matches(Name, pattern)
WHERE OwnerId IN (  -- Amazon (3), Canonical, Debian, Red Hat, Rocky Linux, AlmaLinux
    '137112412989', '801119661308', '591542846629', '099720109477', '136693071363',
    '309956199498', '792107900819', '764336703387')
GROUP BY ImageId;

-- Containers of tasks, and containers of task definitions, each once.
CREATE TEMP TABLE box AS
SELECT DISTINCT ON (TaskArn, Name) * FROM ecs_container ORDER BY TaskArn, Name, seen.number;

CREATE TEMP TABLE recipe AS
SELECT DISTINCT ON (DefinitionArn, Name) * FROM ecs_definition
ORDER BY DefinitionArn, Name, seen.number;
